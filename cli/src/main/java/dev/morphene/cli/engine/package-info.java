/** Commands of the pipeline that run here and now, without a queue. */
package dev.morphene.cli.engine;
