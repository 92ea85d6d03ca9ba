# A page in a folder: a product that needs no provider and no cloud, so that it can be tried anywhere Terraform is.
variable "folder" {
  type        = string
  description = "Where the page is written; Terraform's user must be able to write there"
}

variable "title" {
  type        = string
  default     = "Hello"
  description = "What the page says"
}

variable "password" {
  type        = string
  default     = ""
  sensitive   = true
  description = "Asked for, and never shown again"
}

resource "terraform_data" "page" {
  input = {
    file  = "${var.folder}/index.html"
    title = var.title
  }
  # A page is made anew rather than changed.
  triggers_replace = [var.folder, var.title]

  provisioner "local-exec" {
    command = "mkdir -p \"$(dirname \"$FILE\")\" && printf '<h1>%s</h1>\\n' \"$TITLE\" > \"$FILE\""
    environment = {
      FILE  = self.input.file
      TITLE = self.input.title
    }
  }

  provisioner "local-exec" {
    when        = destroy
    command     = "rm -f \"$FILE\""
    environment = { FILE = self.input.file }
  }
}

output "File" {
  value       = terraform_data.page.output.file
  description = "The page"
}

output "Password" {
  value     = var.password
  sensitive = true
}
