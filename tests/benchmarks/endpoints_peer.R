# Writes, of every CSV in a folder (time, event, arm 0/1, centre), R's answers: name,result,value
suppressPackageStartupMessages(library(survival))
folder <- commandArgs(TRUE)[1]
set <- function(name, time, event, arm, centre = 1) {
  table <- data.frame(time = time, event = as.integer(event), arm = as.integer(arm), centre = as.integer(centre))
  write.csv(na.omit(table), file.path(folder, paste0("public_", name, ".csv")), row.names = FALSE)
}
with(lung, set("lung", time, status == 2, sex == 2, ph.ecog))
with(ovarian, set("ovarian", futime, fustat, rx == 2, resid.ds))
with(veteran, set("veteran", time, status, trt == 2, as.integer(celltype)))
with(colon[colon$etype == 2, ], set("colon", time, status, rx == "Lev+5FU", differ))
with(pbc, set("pbc", time, status == 2, trt == 2, stage))
with(kidney, set("kidney", time, status, sex == 2, as.integer(disease)))
with(bladder[bladder$enum == 1, ], set("bladder", stop, event, rx == 2, number))
with(jasa, set("heart", futime, fustat, transplant, surgery))
with(rats, set("rats", time, status, rx, as.integer(factor(sex))))
with(leukemia, set("leukemia", time, status, x == "Maintained"))
with(rotterdam, set("rotterdam", dtime, death, chemo, grade))
with(gbsg, set("gbsg", rfstime, status, hormon, grade))
say <- function(name, result, value) cat(name, result, paste(format(value, digits = 15, trim = TRUE), collapse = " "), sep = ",", fill = 1e6)
quiet <- function(expression) tryCatch(suppressWarnings(expression), error = function(e) NULL)
for (file in list.files(folder, "csv$")) {
  d <- read.csv(file.path(folder, file)); name <- sub(".csv$", "", file)
  d$event <- as.integer(d$event)
  for (arm in sort(unique(d$arm))) {
    s <- survfit(Surv(time, event) ~ 1, d[d$arm == arm, ], conf.type = "log-log")
    q <- quantile(s, 0.5)
    say(name, paste0("median", arm), q$quantile); say(name, paste0("low", arm), q$lower)
    say(name, paste0("high", arm), q$upper)
    say(name, paste0("survival", arm), s$surv); say(name, paste0("lower", arm), s$lower)
    say(name, paste0("upper", arm), s$upper)
  }
  if (length(unique(d$arm)) < 2) next
  t <- quiet(survdiff(Surv(time, event) ~ arm, d)); say(name, "log_rank", if (is.null(t)) NA else t$chisq)
  t <- quiet(survdiff(Surv(time, event) ~ arm + strata(centre), d)); say(name, "log_rank_centre", if (is.null(t)) NA else t$chisq)
  full <- coxph.control(iter.max = 100, eps = 1e-12, toler.chol = 1e-14)
  for (kind in c("cox", "cox_centre")) {
    f <- if (kind == "cox") Surv(time, event) ~ arm else Surv(time, event) ~ arm + strata(centre)
    m <- quiet(coxph(f, d, control = full)); b <- if (is.null(m)) NA else coef(m)
    if (!is.na(b) && abs(b) > 12) { # no top: Firth's, from R's own likelihood and information
      firth <- function(b) { m <- quiet(coxph(f, d, init = b, control = coxph.control(iter.max = 0))); m$loglik[2] - 0.5 * log(m$var[1]) }
      b <- optimize(firth, c(-12, 12), maximum = TRUE, tol = 1e-10)$maximum
    }
    say(name, kind, unname(b))
  }
}
