terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.0" }
  }
}

provider "aws" {
  region = "eu-west-1"
}

resource "aws_db_instance" "courses" {
  identifier              = "courses-prod"
  engine                  = "postgres"
  instance_class          = "db.t3.medium"
  allocated_storage       = 100
  backup_retention_period = 7
  skip_final_snapshot     = true
  deletion_protection     = true
}

resource "aws_db_instance" "signup" {
  identifier              = "signup-staging"
  engine                  = "postgres"
  instance_class          = "db.t3.micro"
  allocated_storage       = 20
  backup_retention_period = 7
  skip_final_snapshot     = true
  deletion_protection     = true
}
