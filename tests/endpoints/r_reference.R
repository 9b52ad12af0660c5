# Reference values from R's survival package: Rscript r_reference.R FOLDER > r_reference.csv
# FOLDER holds one CSV a data set: columns time, event, arm, then covariates.
library(survival)
folder <- commandArgs(trailingOnly = TRUE)[1]
say <- function(...) cat(paste(..., sep = ","), sep = "\n")
num <- function(x) sprintf("%.12g", x)
say("dataset", "result", "name", "time", "value")
for (path in sort(list.files(folder, pattern = "[.]csv$", full.names = TRUE))) {
  set <- sub("[.]csv$", "", basename(path))
  d <- read.csv(path, check.names = FALSE)
  for (arm in sort(unique(d$arm))) {
    f <- survfit(Surv(time, event) ~ 1, data = d[d$arm == arm, ], conf.type = "log-log")
    say(set, "survival", arm, num(f$time), num(f$surv))
    say(set, "lower", arm, num(f$time), num(f$lower))
    say(set, "upper", arm, num(f$time), num(f$upper))
    say(set, "at_risk", arm, num(f$time), f$n.risk)
    t <- summary(f)$table
    say(set, "median", arm, "", num(t["median"]))
    say(set, "median_lower", arm, "", num(t["0.95LCL"]))
    say(set, "median_upper", arm, "", num(t["0.95UCL"]))
  }
  say(set, "log_rank", "", "", num(survdiff(Surv(time, event) ~ arm, data = d)$chisq))
  covariates <- setdiff(names(d), c("time", "event", "arm"))
  m <- coxph(Surv(time, event) ~ ., data = d[, c("time", "event", covariates)], ties = "efron",
             control = coxph.control(eps = 1e-14, toler.chol = 1e-16, iter.max = 100))
  say(set, "coefficient", covariates, "", num(coef(m)))
  say(set, "standard_error", covariates, "", num(sqrt(diag(vcov(m)))))
  say(set, "log_likelihood", "", "", num(m$loglik[2]))
  say(set, "likelihood_ratio", "", "", num(2 * (m$loglik[2] - m$loglik[1])))
  say(set, "concordance", "", "", num(m$concordance["concordance"]))
}
