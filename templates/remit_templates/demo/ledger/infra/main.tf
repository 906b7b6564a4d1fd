terraform {
  backend "s3" {
    bucket       = "acme-terraform-state"
    key          = "ledger/production.tfstate"
    region       = "eu-central-1"
    use_lockfile = true
    encrypt      = true
  }
}

provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_db_instance" "ledger" {
  identifier                = "ledger"
  engine                    = "postgres"
  instance_class            = "db.t4g.medium"
  allocated_storage         = 50
  backup_retention_period   = 35
  delete_automated_backups  = false
  skip_final_snapshot       = false
  final_snapshot_identifier = "ledger-final"
  deletion_protection       = true

  lifecycle {
    prevent_destroy = true
  }
}
