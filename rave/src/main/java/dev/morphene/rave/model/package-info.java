/** The RAVE network: its configuration, its layers and its weights. */
package dev.morphene.rave.model;
