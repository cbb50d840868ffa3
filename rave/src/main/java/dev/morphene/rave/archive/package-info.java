/**
 * PyTorch's file formats in Java: checkpoints are read and written, TorchScript modules printed.
 *
 * <p>Files of unknown origin are read here alone, by a reader that knows dictionaries and tensors
 * and executes nothing. libtorch's own loader is given nothing but archives that this program has
 * just printed; no foreign checkpoint or module ever reaches it.
 */
package dev.morphene.rave.archive;
