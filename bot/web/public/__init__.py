"""Pages and data for anybody: messages in force, feeds, open data. No cookie, no script, nothing about residents."""
