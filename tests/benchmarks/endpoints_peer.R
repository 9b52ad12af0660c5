# Writes, of every CSV in a folder (time, event, arm 0/1, centre), R's answers: name,result,value
suppressPackageStartupMessages({ library(survival); library(rms) })
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
full <- coxph.control(iter.max = 100, eps = 1e-12, toler.chol = 1e-14)
curve <- function(name, suffix, s, tau) {
  q <- quantile(s, 0.5); low <- if (is.null(q$lower)) NA else q$lower; high <- if (is.null(q$upper)) NA else q$upper
  say(name, paste0("median", suffix), q$quantile); say(name, paste0("low", suffix), low); say(name, paste0("high", suffix), high)
  say(name, paste0("survival", suffix), s$surv); say(name, paste0("lower", suffix), s$lower); say(name, paste0("upper", suffix), s$upper)
  if (tau > 0) {
    t <- survival:::survmean(s, rmean = tau)$matrix; say(name, paste0("rmean", suffix), t["rmean"]); say(name, paste0("rmean_se", suffix), t["se(rmean)"])
    at <- summary(s, times = tau / 2, extend = TRUE); say(name, paste0("at", suffix), at$surv)
    say(name, paste0("at_se", suffix), at$std.err)
  }
}
firth <- function(f, d) { # one coefficient, so that the profile is the penalised likelihood itself
  at <- function(b) quiet(coxph(f, d, init = b, control = coxph.control(iter.max = 0)))
  height <- function(b) { m <- at(b); if (is.null(m) || m$var[1] <= 0) -1e9 else m$loglik[2] - 0.5 * log(m$var[1]) }
  b <- optimize(height, c(-12, 12), maximum = TRUE, tol = 1e-10)$maximum
  top <- height(b); fall <- function(x) 2 * (top - height(x)) - qchisq(0.95, 1)
  limit <- function(side) if (fall(b + 25 * side) < 0) NA else uniroot(fall, sort(c(b, b + 25 * side)), tol = 1e-9)$root
  list(b = b, se = sqrt(at(b)$var[1]), p = pchisq(2 * (top - height(0)), 1, lower.tail = FALSE),
       zph = NA, low = limit(-1), high = limit(1), c = NA)
}
model <- function(name, kind, f, d) {
  m <- quiet(coxph(f, d, control = full)); b <- if (is.null(m)) NA else unname(coef(m))
  if (is.na(b)) { say(name, kind, NA); return() }
  r <- if (abs(b) > 12) firth(f, d) else {
    se <- sqrt(m$var[1]); z <- quiet(cox.zph(m))
    list(b = b, se = se, p = 2 * pnorm(-abs(b / se)), zph = if (is.null(z)) NA else z$table[1, 1],
         low = b - qnorm(0.975) * se, high = b + qnorm(0.975) * se, c = unname(m$concordance["concordance"]))
  }
  say(name, kind, r$b); say(name, paste0(kind, "_se"), r$se); say(name, paste0(kind, "_p"), r$p)
  say(name, paste0(kind, "_low"), r$low); say(name, paste0(kind, "_high"), r$high); say(name, paste0(kind, "_zph"), r$zph)
  if (!is.na(r$c)) say(name, paste0(kind, "_concordance"), r$c)
}
for (file in list.files(folder, "csv$")) {
  d <- read.csv(file.path(folder, file)); name <- sub(".csv$", "", file)
  d$event <- as.integer(d$event)
  # every third patient comes late, after 0.3 of the own time; the others before all time
  d$entry <- ifelse(seq_len(nrow(d)) %% 3 == 0 & d$time > 0, 0.3 * d$time, -1)
  d$cause <- factor(d$event * (1 + seq_len(nrow(d)) %% 2), 0:2)
  tau <- min(tapply(d$time, d$arm, max))
  for (arm in sort(unique(d$arm))) {
    one <- d[d$arm == arm, ]
    curve(name, paste0("_arm", arm), survfit(Surv(time, event) ~ 1, one, conf.type = "log-log"), tau)
    curve(name, paste0("_followed", arm), survfit(Surv(time, 1 - event) ~ 1, one, conf.type = "log-log"), 0)
    curve(name, paste0("_late", arm), survfit(Surv(entry, time, event) ~ 1, one, conf.type = "log-log"), 0)
  }
  a <- quiet(survfit(Surv(time, cause) ~ 1, d, conf.type = "log-log"))
  if (!is.null(a)) { k <- which(a$states == "1"); say(name, "incidence", a$pstate[, k]); say(name, "incidence_low", a$lower[, k]); say(name, "incidence_high", a$upper[, k]) }
  if (length(unique(d$arm)) < 2) next
  t <- quiet(survdiff(Surv(time, event) ~ arm, d)); say(name, "log_rank", if (is.null(t)) NA else t$chisq)
  t <- quiet(survdiff(Surv(time, event) ~ arm + strata(centre), d)); say(name, "log_rank_centre", if (is.null(t)) NA else t$chisq)
  if (!any(duplicated(d$time[d$event == 1]))) { # without ties the score test is the log-rank test
    m <- quiet(coxph(Surv(entry, time, event) ~ arm, d, init = 0, control = coxph.control(iter.max = 0)))
    say(name, "log_rank_late", if (is.null(m)) NA else m$score)
  }
  model(name, "cox", Surv(time, event) ~ arm, d)
  model(name, "cox_centre", Surv(time, event) ~ arm + strata(centre), d)
  model(name, "cox_late", Surv(entry, time, event) ~ arm, d)
  model(name, "cox_late_centre", Surv(entry, time, event) ~ arm + strata(centre), d)
  if (grepl("^public_", name)) {
    m <- cph(Surv(time, event) ~ arm, d, method = "breslow", x = TRUE, y = TRUE, surv = TRUE)
    say(name, "rms_slope", unname(coef(m)))
    s <- survest(m, newdata = data.frame(arm = c(0, 1)), times = tau / 2, se.fit = FALSE)
    say(name, "rms_predicted", as.numeric(if (is.list(s)) s$surv else s))
    say(name, "rms_c", unname(rcorr.cens(-coef(m) * d$arm, Surv(d$time, d$event))["C Index"]))
  }
}
