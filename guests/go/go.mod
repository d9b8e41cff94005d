module poolbench.local/guests

go 1.19
