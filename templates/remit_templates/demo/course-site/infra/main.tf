terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.0" }
  }
}

provider "aws" {
  region = var.region
}

resource "aws_db_instance" "courses" {
  identifier                = "courses-prod"
  engine                    = "postgres"
  instance_class            = "db.t3.medium"
  allocated_storage         = 100
  backup_retention_period   = var.backup_days
  skip_final_snapshot       = true
  deletion_protection       = false
}

resource "aws_s3_bucket" "submissions" {
  bucket        = "course-submissions"
  force_destroy = true
}
