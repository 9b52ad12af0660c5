# Writes, into a folder, public data sets and R's answers on them and on generated ones: name,result,values
suppressPackageStartupMessages({library(survival); library(nlme); library(mice)})
folder <- commandArgs(TRUE)[1]
say <- function(name, result, value) cat(name, result, paste(format(as.numeric(value), digits = 15, trim = TRUE), collapse = " "), sep = ",", fill = 1e6)
long <- function(name, score, patient, months, arm) {
  d <- na.omit(data.frame(score = as.numeric(score), patient = as.integer(factor(patient)), months = as.numeric(months), arm = as.integer(arm)))
  write.csv(d, file.path(folder, paste0("mixed_public ", name, ".csv")), row.names = FALSE)
}
with(as.data.frame(Orthodont), long("Orthodont", distance, Subject, age, Sex == "Female"))
with(as.data.frame(ChickWeight), long("ChickWeight", weight, Chick, Time, Diet == 3))
with(as.data.frame(BodyWeight), long("BodyWeight", weight, Rat, Time, Diet == 2))
with(as.data.frame(Pixel), long("Pixel", pixel, Dog, day, Side == "L"))
with(as.data.frame(Oxboys), long("Oxboys", height, Subject, age, as.integer(Subject) %% 2 == 0))
with(as.data.frame(Ovary), long("Ovary", follicles, Mare, Time, as.integer(Mare) %% 2 == 0))
with(as.data.frame(Dialyzer), long("Dialyzer", rate, Subject, pressure, QB == 300))
with(as.data.frame(Milk), long("Milk", protein, Cow, Time, grepl("lupins$", Diet)))
with(as.data.frame(Phenobarb), long("Phenobarb", conc, Subject, time, Apgar >= 5))
with(lme4::sleepstudy, long("sleepstudy", Reaction, Subject, Days, as.integer(Subject) %% 2 == 0))
with(lme4::cake, long("cake", angle, interaction(recipe, replicate), temp, recipe == "A"))
for (file in list.files(folder, "^mixed_.*csv$")) {
  d <- read.csv(file.path(folder, file)); name <- sub(".csv$", "", file)
  a <- suppressMessages(suppressWarnings(lme4::lmer(score ~ months * arm + (1 | patient), d, REML = TRUE,
       control = lme4::lmerControl(optCtrl = list(ftol_abs = 1e-14, xtol_abs = 1e-12)))))
  say(name, "lme4 coefficients", lme4::fixef(a)); say(name, "lme4 errors", sqrt(diag(as.matrix(vcov(a)))))
  say(name, "lme4 between and within", c(as.data.frame(lme4::VarCorr(a))$vcov))
  say(name, "lme4 likelihood", logLik(a))
  b <- tryCatch(lme(score ~ months * arm, random = ~ 1 | patient, data = d, method = "REML",
       control = lmeControl(msTol = 1e-14, tolerance = 1e-14, msMaxIter = 500, maxIter = 500)), error = function(e) NULL)
  if (is.null(b)) next
  say(name, "nlme coefficients", fixef(b)); say(name, "nlme errors", sqrt(diag(vcov(b))))
  say(name, "nlme between and within", c(as.numeric(VarCorr(b)[1, 1]), b$sigma^2))
}
sets <- list(
  lung = with(lung, data.frame(time, event = status == 2, a = age / 10, b = sex == 2, c = ph.karno / 10, d = wt.loss / 10)),
  pbc = with(pbc, data.frame(time, event = status == 2, a = age / 10, b = log(bili), c = platelet / 100, d = chol / 100)),
  colon = with(colon[colon$etype == 2, ], data.frame(time, event = status == 1, a = age / 10, b = sex, c = nodes, d = differ)),
  mgus = with(mgus2, data.frame(time = futime, event = death == 1, a = age / 10, b = sex == "M", c = creat, d = mspike)),
  nwtco = with(nwtco[1:600, ], data.frame(time = edrel, event = rel == 1, a = age / 12, b = stage > 2, c = ifelse(seq_len(600) %% 7, histol, NA), d = instit)),
  veteran = with(veteran, data.frame(time, event = status == 1, a = ifelse(age > 70, NA, age / 10), b = trt == 2, c = karno / 10, d = diagtime)),
  ovarian = with(ovarian, data.frame(time = futime, event = fustat == 1, a = age / 10, b = rx == 2, c = ifelse(seq_len(26) %% 5, resid.ds, NA), d = ecog.ps)),
  heart = with(jasa, data.frame(time = pmax(futime, 0.5), event = fustat == 1, a = age / 10, b = transplant, c = mscore, d = surgery)),
  gbsg = with(gbsg, data.frame(time = rfstime, event = status == 1, a = age / 10, b = hormon, c = ifelse(er == 0, NA, log(er)), d = nodes)),
  rotterdam = with(rotterdam[seq(1, 2982, 4), ], data.frame(time = dtime, event = death == 1, a = age / 10, b = chemo, c = ifelse(pgr == 0, NA, log(pgr)), d = nodes)))
for (s in names(sets)) {
  d <- data.frame(lapply(sets[[s]], as.numeric)); d <- d[!is.na(d$time) & !is.na(d$event), ]; name <- paste0("imputed_public ", s)
  d$hazard <- nelsonaalen(d, time, event); k <- 5
  filled <- mice(d, m = k, maxit = 5, seed = 22, printFlag = FALSE, method = "pmm",
                 predictorMatrix = local({ p <- make.predictorMatrix(d); p[, "time"] <- 0; p["time", ] <- 0; p }))
  all <- complete(filled, "long"); write.csv(all[c(".imp", "time", "event", "a", "b", "c", "d")], file.path(folder, paste0(name, ".csv")), row.names = FALSE)
  f <- Surv(time, event) ~ a + b + c + d
  fits <- lapply(seq_len(k), function(i) coxph(f, all[all$.imp == i, ], control = coxph.control(eps = 1e-12, iter.max = 100)))
  q <- sapply(fits, coef); u <- sapply(fits, function(m) diag(vcov(m)))
  for (i in seq_len(k)) say(name, paste("coxph", i), c(q[, i], sqrt(u[, i])))
  for (j in 1:4) {
    p <- pool.scalar(q[j, ], u[j, ], n = nrow(d), k = 1)
    say(name, paste("pooled given", j), c(q[j, ], sqrt(u[j, ]), nrow(d), p$qbar, sqrt(p$t), p$df, p$qbar + c(-1, 1) * qt(0.975, p$df) * sqrt(p$t)))
  }
  one <- all[all$.imp == 1, ]; risk <- rowSums(scale(one[c("a", "b", "c", "d")], scale = FALSE) %*% diag(q[, 1]))
  cc <- concordance(Surv(time, event) ~ risk, cbind(one, risk), reverse = TRUE)
  say(name, "concordance", c(cc$concordance, sqrt(cc$var)))
  base <- basehaz(coxph(Surv(time, event) ~ offset(risk), cbind(one, risk), ties = "breslow"), centered = FALSE)
  at <- median(one$time); say(name, "predicted", exp(-max(c(0, base$hazard[base$time <= at])) * exp(risk)))
}
for (n in 1:40) for (x in 0:n) say("exact", paste(x, n), binom.test(x, n)$conf.int)
