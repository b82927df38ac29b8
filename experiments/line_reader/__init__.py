"""A fully convolutional network with CTC that reads a whole row of digits at once."""
