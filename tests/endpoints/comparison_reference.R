# Reference values from R's survival package: Rscript comparison_reference.R FOLDER > comparison_reference.csv
# FOLDER holds one CSV a data set: columns time, event, arm, then covariates. Every third patient comes
# late, after 0.3 of the own time; centres go round in threes; every second event is of cause 1.
library(survival)
folder <- commandArgs(trailingOnly = TRUE)[1]
say <- function(...) cat(paste(..., sep = ","), sep = "\n")
num <- function(x) sprintf("%.12g", x)
full <- coxph.control(eps = 1e-14, toler.chol = 1e-16, iter.max = 100)
say("dataset", "result", "name", "place", "value")
for (path in sort(list.files(folder, pattern = "[.]csv$", full.names = TRUE))) {
  set <- sub("[.]csv$", "", basename(path)); d <- read.csv(path, check.names = FALSE); n <- seq_len(nrow(d))
  d$entry <- ifelse(n %% 3 == 0, 0.3 * d$time, -1); d$centre <- n %% 4; d$cause <- factor(d$event * (1 + n %% 2), 0:2)
  tau <- min(tapply(d$time, d$arm, max))
  for (arm in sort(unique(d$arm))) {
    one <- d[d$arm == arm, ]; f <- survfit(Surv(time, event) ~ 1, one)
    t <- summary(f, rmean = tau)$table; at <- summary(f, times = tau / 2)
    say(set, c("mean", "mean_error"), arm, "", num(t[c("rmean", "se(rmean)")]))
    say(set, c("at", "at_error"), arm, "", num(c(at$surv, at$std.err)))
    say(set, "at_risk", arm, 1:4, summary(f, times = tau * 1:4 / 5)$n.risk)
    t <- summary(survfit(Surv(time, 1 - event) ~ 1, one, conf.type = "log-log"))$table
    say(set, "follow_up", arm, 1:3, num(t[c("median", "0.95LCL", "0.95UCL")]))
    f <- survfit(Surv(entry, time, event) ~ 1, one, conf.type = "log-log")
    say(set, "late_survival", arm, seq_along(f$surv), num(f$surv)); say(set, "late_lower", arm, seq_along(f$surv), num(f$lower))
    say(set, "late_at_risk", arm, seq_along(f$surv), f$n.risk)
  }
  f <- survfit(Surv(time, cause) ~ 1, d, conf.type = "log-log"); k <- which(f$states == "1")
  say(set, "incidence", "", seq_along(f$time), num(f$pstate[, k])); say(set, "incidence_upper", "", seq_along(f$time), num(f$upper[, k]))
  say(set, "log_rank_centre", "", "", num(survdiff(Surv(time, event) ~ arm + strata(centre), d)$chisq))
  covariates <- setdiff(names(d), c("time", "event", "arm", "entry", "centre", "cause"))
  right <- paste(sprintf("`%s`", covariates), collapse = " + ")
  for (left in c("Surv(time, event)", "Surv(entry, time, event)")) for (within in c("", " + strata(centre)")) {
    m <- coxph(as.formula(paste(left, "~", right, within)), d, control = full); z <- cox.zph(m, terms = FALSE)
    kind <- paste0("", if (grepl("entry", left)) "late_", if (within != "") "centre_")
    say(set, paste0(kind, "coefficient"), covariates, "", num(coef(m)))
    say(set, paste0(kind, "error"), covariates, "", num(sqrt(diag(vcov(m)))))
    say(set, paste0(kind, "concordance"), "", "", num(m$concordance["concordance"]))
    say(set, paste0(kind, "zph"), c(covariates, "GLOBAL"), "", num(z$table[, 1]))
    if (kind == "") for (j in seq_along(covariates)) say(set, "residual", covariates[j], seq_along(z$x), num(sort(z$y[, j])))
  }
}
