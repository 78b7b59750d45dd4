"""Event logs 日志 of any system: read leniently, told in the words of charts, written strictly."""
