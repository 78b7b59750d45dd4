"""Who holds which post where and when, and who may act (科学配置权力)."""
