"""Mandates: who may act for whom."""
