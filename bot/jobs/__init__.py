"""Jobs: one file each, one service call each. APScheduler only ticks; what is due is decided by rows."""
