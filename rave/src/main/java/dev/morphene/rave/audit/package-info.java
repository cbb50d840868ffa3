/** Renders a checkpoint's reconstructions and morphs, and measures them. */
package dev.morphene.rave.audit;
