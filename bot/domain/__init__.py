"""What is allowed: values, states and policies. Pure: no clock, no input or output, no words for people."""
