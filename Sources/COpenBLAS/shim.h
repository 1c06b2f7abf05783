#pragma once
#include <cblas.h>
#include <stddef.h>

/* LAPACK's routines, which the package has no header for: column-major matrices, every argument by address, and behind them the lengths
 * of the letters, as Fortran compilers pass them. `info` is 0 where the routine succeeded. */

/* Eigenvalues `w` (n), ascending, and with jobz 'V' the orthonormal eigenvectors in the columns of `a` (n, n) in place of the symmetric
 * matrix that it holds. */
void dsyevd_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work, const int *lwork,
             int *iwork, const int *liwork, int *info, size_t jobz_length, size_t uplo_length);

/* With jobz 'N' the singular values `s`, descending, of `a` (m, n), which is overwritten; `u` and `vt` are not read or written. */
void dgesdd_(const char *jobz, const int *m, const int *n, double *a, const int *lda, double *s, double *u, const int *ldu, double *vt,
             const int *ldvt, double *work, const int *lwork, int *iwork, int *info, size_t jobz_length);
