/** @file importance.h
 * Vertices that are drawn more often than in nature where an event may pass the selection, with weights that undo it.
 * host/world/importance.c makes the tables, docs/physics.md says how.
 *
 * The uniform numbers that a vertex is made from are cut into cells: rows of the energy's, columns of the angle's. At
 * each energy of the parent a cell has an importance I, on average over all parents and cells about 1, and never below
 * the natural share. The cascade multiplies the rate of the process by the mean of I over the cells, and the vertex
 * draws its cell in proportion to content times I, so that a vertex has the weight of its shower over I: at most that
 * weight over the natural share. */
#ifndef EOT_TRANSPORT_IMPORTANCE_H
#define EOT_TRANSPORT_IMPORTANCE_H

#include "eotmc/geometry/grid.h"
#include "eotmc/math/random.h"

/** Importance of the vertices of a process: where it is in the f32 table. */
typedef struct {
    u32 cells;      /* [n_node][n_row + 1 + n_row (n_column + 1)]: cumulative shares of rows, and of cells in a row */
    u32 preference; /* at the cascade's nodes: factor by which the rate is multiplied */
    i32 n_node;     /* energies of the parent */
    i32 n_row, n_column; /* even, or 1; n_row = 0: nothing is preferred */
} eot_importance;
EOT_LAYOUT(eot_importance, 20);

/** Numbers of one energy in the table of cells. */
EOT_FN u32 eot_importance_stride(eot_importance m) { return (u32)(m.n_row + 1 + m.n_row * (m.n_column + 1)); }

/** Distance from the nearer end of (0, 1) of the nearer edge of cell i of n. Cells are of equal length in q, where the
 * uniform number is 8 q^4 below 1/2 and 1 - 8 (1-q)^4 above: narrow at both ends. */
EOT_FN real eot_importance_edge(i32 i, i32 n) { return (real)(2 * i < n ? i : n - 1 - i) / (real)n; }

/** Share of a uniform number that is in cell i of n. @param n even, or 1. */
EOT_FN real eot_importance_content(i32 i, i32 n) {
    real a = eot_importance_edge(i, n), b = a + R(1.0) / (real)n;
    return n == 1 ? R(1.0) : R(8.0) * (b * b * b * b - a * a * a * a);
}

/** Where cell i of n holds a uniform number, in q: what eot_lfc_sample_at takes. @param u its place in the cell from
 * the nearer end of (0, 1) on, 0..1. @param n even. */
EOT_FN real eot_importance_place(i32 i, i32 n, real u) {
    real a = eot_importance_edge(i, n), b = a + R(1.0) / (real)n, a4 = a * a * a * a;
    real q = sqrt(sqrt(a4 + u * (b * b * b * b - a4)));
    return 2 * i < n ? q : R(1.0) - q;
}

/** A cell, and how much rarer it is in nature, at this energy, than it is drawn. */
typedef struct {
    i32 row, column;
    f32 weight;
} eot_importance_cell;

/** How much rarer a cell is in nature, at this energy, than it is drawn. @param rows of one energy. */
EOT_FN f32 eot_importance_weight(EOT_GLOBAL const f32 *rows, eot_importance m, i32 row, i32 column) {
    f32 weight = (f32)eot_importance_content(row, m.n_row) / (rows[row + 1] - rows[row]);
    if (m.n_column > 1) {
        EOT_GLOBAL const f32 *columns = rows + m.n_row + 1 + row * (m.n_column + 1);
        weight *= (f32)eot_importance_content(column, m.n_column) / (columns[column + 1] - columns[column]);
    }
    return weight;
}

/** The same of the cell that holds two places, q of eot_importance_place. */
EOT_FN f32 eot_importance_weight_at(EOT_GLOBAL const f32 *table, eot_importance m, i32 node, real q_row,
                                    real q_column) {
    i32 row = (i32)fmin(q_row * (real)m.n_row, (real)(m.n_row - 1)),
        column = (i32)fmin(q_column * (real)m.n_column, (real)(m.n_column - 1));
    return eot_importance_weight(table + m.cells + (u32)node * eot_importance_stride(m), m, row, column);
}

/** Draw a cell. @param node energy of the parent. @param for_row,for_column random words; the second is not used where
 * there is one column. */
EOT_FN eot_importance_cell eot_importance_draw(EOT_GLOBAL const f32 *table, eot_importance m, i32 node, u32 for_row,
                                               u32 for_column) {
    EOT_GLOBAL const f32 *rows = table + m.cells + (u32)node * eot_importance_stride(m);
    eot_importance_cell c;
    c.row = eot_grid_cell(rows, m.n_row, ((f64)for_row + D(0.5)) * D(2.3283064365386963e-10)); /* 2^-32 */
    c.column = 0;
    if (m.n_column > 1)
        c.column = eot_grid_cell(rows + m.n_row + 1 + c.row * (m.n_column + 1), m.n_column,
                                 ((f64)for_column + D(0.5)) * D(2.3283064365386963e-10));
    c.weight = eot_importance_weight(rows, m, c.row, c.column);
    return c;
}

#endif
