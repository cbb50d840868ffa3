/** The official dataset layout: an LMDB environment of protobuf records. */
package dev.morphene.rave.dataset;
