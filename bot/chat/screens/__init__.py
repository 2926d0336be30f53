"""The words of every screen, one room a file. Pure: parameters in, message out."""
