"""`make bench-film`: a film of 17 clips as phones send them, beside bare ffmpeg in the same run."""
