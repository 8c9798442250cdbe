"""Entities as each ORM sees them, a module for each: `nestwise.project.model.entities` asks them all."""
