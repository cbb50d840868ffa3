/** PyTorch's zip files, written and read without PyTorch: scripted modules and trees of tensors. */
package dev.morphene.rave.archive;
