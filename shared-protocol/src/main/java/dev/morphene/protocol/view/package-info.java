/** What the HTTP API shows, as records that the server writes and every client reads. */
package dev.morphene.protocol.view;
