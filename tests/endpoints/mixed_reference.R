# Prints what tests/endpoints/mixed_reference.csv holds: nlme's and lme4's fits of Potthoff and
# Roy's growth data (1964), and exact limits of proportions.
library(nlme)
data <- as.data.frame(Orthodont)
data$girl <- as.numeric(data$Sex == "Female")
fit <- lme(distance ~ age + girl + girl:age, random = ~1 | Subject, data = data, method = "REML",
           control = lmeControl(msTol = 1e-12, tolerance = 1e-12))
row <- function(result, name, value) cat(sprintf("%s,%s,%.12g\n", result, name, value))
cat("result,name,value\n")
names <- c("intercept", "age", "girl", "girl x age")
for (n in seq_along(names)) {
  row("coefficient", names[n], fixef(fit)[[n]])
  row("standard_error", names[n], sqrt(vcov(fit)[n, n]))
}
row("variance_between", "", as.numeric(VarCorr(fit)[1, 1]))
row("variance_within", "", fit$sigma^2)
row("log_likelihood", "", as.numeric(logLik(fit)))
for (pair in list(c(0, 10), c(3, 20), c(10, 10), c(1, 100), c(17, 31))) {
  limits <- binom.test(pair[1], pair[2])$conf.int
  row("lower", paste(pair[1], pair[2]), limits[1])
  row("upper", paste(pair[1], pair[2]), limits[2])
}
