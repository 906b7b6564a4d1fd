variable "region" {
  default = "eu-west-1"
}

variable "backup_days" {
  type    = number
  default = 7
}
