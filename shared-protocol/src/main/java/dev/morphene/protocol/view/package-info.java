/**
 * What the coordinator's HTTP API answers, as its clients read it; fields they do not need are left
 * out.
 */
package dev.morphene.protocol.view;
