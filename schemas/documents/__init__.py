"""What publishers and consumers are given: JSON Schemas, OpenAPI and AsyncAPI documents."""
