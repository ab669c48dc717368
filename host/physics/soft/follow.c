#include <math.h>

#include "eotmc/base/constants.h"
#include "physics/soft/soft.h"

/* As fmin and fmax, without their care for what is not a number, which costs a call. */
static inline double least(double a, double b) { return a < b ? a : b; }
static inline double most_of(double a, double b) { return a > b ? a : b; }

double eot_soft_uniform(struct eot_soft_random *random) {
    uint64_t x = random->state += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    x ^= x >> 31;
    return ((double)(x >> 12) + 0.5) * 0x1p-52;
}

int eot_soft_slab_at(const struct eot_soft_stack *stack, double z) {
    int low = 0, high = stack->n_slab;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (z >= stack->edge[middle])
            low = middle;
        else
            high = middle;
    }
    return low;
}

struct eot_soft_particle eot_soft_at(const struct eot_soft_stack *stack, int type, double energy, const double place[3],
                                     const double u[3]) {
    int slab = eot_soft_slab_at(stack, place[2]);
    const struct eot_soft_slab *s = &stack->slab[slab];
    struct eot_soft_particle p = {.energy = energy, .type = type, .slab = slab, .weight = 1.0};
    for (int i = 0; i < 3; i++) {
        p.place[i] = place[i];
        p.u[i] = u[i];
    }
    p.is_in = place[0] > s->x0 && place[0] < s->x1 && place[1] > s->y0 && place[1] < s->y1;
    return p;
}

void eot_soft_turn(double u[3], double cosine, struct eot_soft_random *random) {
    double a, b, r2; /* azimuth by rejection */
    do {
        a = 2.0 * eot_soft_uniform(random) - 1.0;
        b = 2.0 * eot_soft_uniform(random) - 1.0;
        r2 = a * a + b * b;
    } while (r2 > 1.0 || r2 < 1e-12);
    double sine = sqrt(most_of(1.0 - cosine * cosine, 0.0) / r2), across2 = u[0] * u[0] + u[1] * u[1];
    a *= sine;
    b *= sine;
    if (across2 < 1e-16) {
        double up = u[2] > 0.0 ? 1.0 : -1.0;
        u[0] = a;
        u[1] = b;
        u[2] = up * cosine;
        return;
    }
    double across = sqrt(across2), x = u[0], y = u[1], z = u[2];
    u[0] = x * cosine + (x * z * a - y * b) / across;
    u[1] = y * cosine + (y * z * a + x * b) / across;
    u[2] = z * cosine - across * a;
}

/* The work of one call: particles that wait. */
struct work {
    const struct eot_soft_stack *stack;
    struct eot_soft_random *random;
    struct eot_soft_particle *waiting;
    double *sum;
    struct eot_soft_target *target; /* or NULL */
    int sender;                     /* of the target whose particles are followed in the set-up; -1: all, in the bed */
    int n, most;
};

static void leave(struct work *k, const struct eot_soft_particle *p, double energy) {
    int s = k->stack->slab[p->slab].score;
    if (s >= 0 && p->is_in && k->target == NULL) k->sum[s] += energy;
}

/* About how many penetrating photons come of a particle; any number would give the same means. */
static double worth(const struct eot_soft_particle *p) {
    static const double EACH = 1.0e-2, SOFT_PHOTON = 1.0e-3, SOFT_ELECTRON = 2.0e-3; /* GeV */
    double e = p->energy / EACH;
    if (p->type == EOT_SOFT_PHOTON) {
        double low = p->energy / SOFT_PHOTON;
        return e > 1.0 ? e : low > 1.0 ? 1.0 : low * low;
    }
    double low = p->energy / SOFT_ELECTRON;
    return p->type == EOT_SOFT_ELECTRON && low < 1.0 ? e * low : e;
}

/* Weight that a particle should have where it is; its gain is that of the place. */
static double window(const struct work *k, struct eot_soft_particle *p) {
    const struct eot_soft_target *t = k->target;
    if (k->sender < 0) {
        const struct eot_soft_slab *box = &k->stack->slab[p->slab];
        double x0 = p->place[0] - box->x0, x1 = box->x1 - p->place[0], y0 = p->place[1] - box->y0,
               y1 = box->y1 - p->place[1], x = x0 < x1 ? x0 : x1, y = y0 < y1 ? y0 : y1;
        int i = (int)(p->place[2] * t->z_rate), j = (int)((x < y ? x : y) * t->side_rate);
        i = i < 0 ? 0 : i < EOT_SOFT_N_GAIN ? i : EOT_SOFT_N_GAIN - 1;
        j = j < 0 || !p->is_in ? 0 : j < EOT_SOFT_N_GAIN ? j : EOT_SOFT_N_GAIN - 1;
        p->gain = t->gain[i][j];
    }
    return t->window / (worth(p) * p->gain);
}

/* Of a shower whose arrivals in a target are looked for: whether a particle is followed on, for others, too. */
static int goes_on(struct work *k, struct eot_soft_particle *p) {
    if (k->target == NULL) return 1;
    double weight = window(k, p);
    if (2.0 * p->weight > weight) return 1;
    if (eot_soft_uniform(k->random) * weight > p->weight) return 0;
    p->weight = weight;
    return 1;
}

/* A new particle: waits if it is worth following. */
static void born(struct work *k, struct eot_soft_particle p) {
    double cut = p.type == EOT_SOFT_PHOTON     ? EOT_SOFT_PHOTON_CUT
                 : p.type == EOT_SOFT_POSITRON ? 0.0
                                               : EOT_SOFT_ELECTRON_CUT;
    if (p.energy <= cut || k->n >= k->most)
        leave(k, &p, p.energy);
    else if (goes_on(k, &p))
        k->waiting[k->n++] = p;
}

/* A daughter at an angle of given cosine to its parent. */
static struct eot_soft_particle daughter(struct eot_soft_particle p, int type, double energy, double cosine,
                                         struct eot_soft_random *random) {
    p.type = type;
    p.energy = energy;
    eot_soft_turn(p.u, cosine, random);
    return p;
}

/* Path to the side of the box from inside, or into it from outside, at most `most`. */
static double to_side(const struct eot_soft_slab *s, const struct eot_soft_particle *p, double most) {
    const double low[2] = {s->x0, s->y0}, high[2] = {s->x1, s->y1};
    double enter = 0.0, leave_at = 1.0e30;
    for (int i = 0; i < 2; i++) {
        double u = p->u[i], a, b;
        if (fabs(u) < 1e-12) {
            if (p->place[i] <= low[i] || p->place[i] >= high[i]) return most;
            continue;
        }
        a = (low[i] - p->place[i]) / u;
        b = (high[i] - p->place[i]) / u;
        enter = most_of(enter, least(a, b));
        leave_at = least(leave_at, most_of(a, b));
    }
    if (p->is_in) return least(most_of(leave_at, 0.0), most);
    return enter < leave_at && enter > 0.0 ? least(enter, most) : most;
}

/* Fly a length, or to the next boundary. @return the length flown; the slab changes at an edge, -1 or n_slab outside.
 */
static double fly(const struct eot_soft_stack *s, struct eot_soft_particle *p, double length, int *crossed) {
    double w = p->u[2], edge = s->edge[p->slab + (w > 0.0 ? 1 : 0)];
    double to_edge = w != 0.0 ? most_of((edge - p->place[2]) / w, 0.0) : 1.0e30;
    double to = to_side(&s->slab[p->slab], p, to_edge), path = least(length, to);
    *crossed = length >= to;
    for (int i = 0; i < 3; i++) p->place[i] += path * p->u[i];
    if (!*crossed) return path;
    if (to < to_edge) {
        p->is_in = !p->is_in;
        for (int i = 0; i < 2; i++) p->place[i] += 1e-9 * p->u[i]; /* off the side */
        return path;
    }
    p->place[2] = edge;
    p->slab += w > 0.0 ? 1 : -1;
    if (p->slab >= 0 && p->slab < s->n_slab) {
        const struct eot_soft_slab *b = &s->slab[p->slab];
        p->is_in = p->place[0] > b->x0 && p->place[0] < b->x1 && p->place[1] > b->y0 && p->place[1] < b->y1;
    }
    return path;
}

static int is_inside(const struct eot_soft_stack *s, const struct eot_soft_particle *p) {
    return p->slab >= 0 && p->slab < s->n_slab && fabs(p->place[0]) < EOT_SOFT_FAR && fabs(p->place[1]) < EOT_SOFT_FAR;
}

static const struct eot_soft_medium *medium_of(const struct eot_soft_stack *s, const struct eot_soft_particle *p) {
    return &s->medium[p->is_in ? s->slab[p->slab].medium : s->outside];
}

/* Compton scattering: by rejection from 1/eps and eps (J. C. Butcher, H. Messel 1960), electron by its kinematics. */
static void compton(struct work *k, struct eot_soft_particle p) {
    struct eot_soft_random *r = k->random;
    double x = p.energy / EOT_M_ELECTRON, low = 1.0 / (1.0 + 2.0 * x), a1 = -log(low), a2 = 0.5 * (1.0 - low * low);
    double eps, t, sin2;
    do {
        if (eot_soft_uniform(r) * (a1 + a2) < a1)
            eps = exp(-a1 * eot_soft_uniform(r));
        else
            eps = sqrt(low * low + (1.0 - low * low) * eot_soft_uniform(r));
        t = (1.0 - eps) / (x * eps);
        sin2 = t * (2.0 - t);
    } while (1.0 - eps * sin2 / (1.0 + eps * eps) < eot_soft_uniform(r));
    double scattered = eps * p.energy, T = p.energy - scattered;
    double p_e = sqrt(T * (T + 2.0 * EOT_M_ELECTRON));
    double cosine_e = p_e > 0.0 ? (p.energy - scattered * (1.0 - t)) / p_e : 1.0;
    born(k, daughter(p, EOT_SOFT_ELECTRON, T, least(cosine_e, 1.0), r));
    born(k, daughter(p, EOT_SOFT_PHOTON, scattered, 1.0 - t, r));
}

/* Cosine of a light particle's angle at its birth: u m/E, u from Tsai's distribution (RMP 46 (1974) 815) as in the
 * Geant4 Physics Reference Manual. */
static double birth_cosine(double E, struct eot_soft_random *r) {
    double most = 1.0 + E / EOT_M_ELECTRON, u;
    do u = -log(eot_soft_uniform(r) * eot_soft_uniform(r)) * (eot_soft_uniform(r) < 0.25 ? 1.6 : 0.533333);
    while (u > 2.0 * most);
    return most_of(1.0 - 2.0 * u * u / (4.0 * most * most), -1.0);
}

/* A value of a distribution that is given by its quantiles. */
static double quantile(const float *q, struct eot_soft_random *r) {
    double u = eot_soft_uniform(r) * (EOT_SOFT_N_QUANTILE - 1);
    int i = (int)u;
    return (double)q[i] + (u - i) * (double)(q[i + 1] - q[i]);
}

static void pair(struct work *k, struct eot_soft_particle p, struct eot_soft_place e, const struct eot_soft_medium *m) {
    struct eot_soft_random *r = k->random;
    double total = p.energy - 2.0 * EOT_M_ELECTRON, share = quantile(m->share[e.i + 1], r);
    if (eot_soft_uniform(r) < 0.5) share = 1.0 - share;
    for (int i = 0; i < 2; i++) {
        double T = total * (i == 0 ? share : 1.0 - share);
        born(k, daughter(p, i == 0 ? EOT_SOFT_ELECTRON : EOT_SOFT_POSITRON, T, birth_cosine(T + EOT_M_ELECTRON, r), r));
    }
}

double eot_soft_attenuation(const struct eot_soft_medium *m, double energy) {
    struct eot_soft_place e = eot_soft_place_of(energy);
    return eot_soft_at_place(m->photons, e);
}

/* What a photon does where it has its collision. */
static void collide(struct work *k, struct eot_soft_particle p, struct eot_soft_place e,
                    const struct eot_soft_medium *m) {
    double c = eot_soft_at_place(m->compton, e), b = eot_soft_at_place(m->pair, e),
           u = (c + b + eot_soft_at_place(m->photoelectric, e)) * eot_soft_uniform(k->random);
    if (u < c) {
        compton(k, p);
    } else if (u < c + b && p.energy > 2.0 * EOT_M_ELECTRON) {
        pair(k, p, e, m);
    } else { /* the electron goes forward at high energy, anywhere at low */
        double beta = sqrt(p.energy * (p.energy + 2.0 * EOT_M_ELECTRON)) / (p.energy + EOT_M_ELECTRON);
        double mu = 2.0 * eot_soft_uniform(k->random) - 1.0;
        born(k, daughter(p, EOT_SOFT_ELECTRON, p.energy, (mu + beta) / (1.0 + beta * mu), k->random));
    }
}

static void run(struct work *k);

/* Follow a particle in the set-up, on what is left of the waiting places. @param inner its work. */
static void follow_apart(struct work *k, struct work *inner, struct eot_soft_particle p, int collides) {
    inner->random = k->random;
    inner->stack = k->target->stack;
    inner->waiting = k->waiting + k->n;
    inner->most = k->most - k->n;
    if (inner->most < 16) return;
    if (collides)
        collide(inner, p, eot_soft_place_of(p.energy), medium_of(inner->stack, &p));
    else
        inner->waiting[inner->n++] = p;
    run(inner);
}

/* Something that arrives in the target: counted, and some are followed with what comes of them. @param counts whether
 * it is an arrival for sure, or only if it leaves something. */
static void arrive(struct work *k, struct eot_soft_particle p, int sender, double weight, int collides, int counts) {
    struct eot_soft_target *t = k->target;
    double sum[1] = {0.0};
    struct work inner = {.sum = sum};
    if (counts) t->number[sender] += weight;
    if (!(t->weight[sender] > 0.0) || t->n == t->most) return;
    if (weight < t->weight[sender]) {
        if (eot_soft_uniform(k->random) * t->weight[sender] > weight) return;
        weight = t->weight[sender];
    }
    follow_apart(k, &inner, p, collides);
    if (!counts && !(sum[0] > 0.0)) return;
    if (!counts) t->number[sender] += weight;
    t->energy[t->n] = sum[0];
    t->of_sender[t->n] = sender;
    t->of_weight[t->n++] = weight;
}

static const double BEHIND = 0.25; /* share of what flies through the target that is followed behind it */

/* The expectation of a flight for one sender: the chance that it reaches the target's front and collides inside, or
 * goes through and comes back from behind. */
static void expect_of(struct work *k, struct eot_soft_particle p, int sender) {
    const struct eot_soft_stack *s = k->target->stack;
    int slab = k->target->slab;
    const struct eot_soft_slab *box = &s->slab[slab];
    if (k->sender < 0) p.place[2] += k->target->shift[sender];
    double to = (s->edge[slab] - p.place[2]) / p.u[2], x = p.place[0] + to * p.u[0], y = p.place[1] + to * p.u[1];
    if (to < 0.0 || !(x > box->x0 && x < box->x1 && y > box->y0 && y < box->y1)) return;
    double depth = eot_soft_depth(s, k->target->paths, p.place, p.u, p.energy, slab), chance = exp(-depth) * p.weight;
    if (depth > 25.0) return;
    p.place[0] = x;
    p.place[1] = y;
    p.place[2] = s->edge[slab];
    p.slab = slab;
    p.is_in = 1;
    double mu = eot_soft_attenuation(&s->medium[box->medium], p.energy),
           to_rear = (s->edge[slab + 1] - s->edge[slab]) / p.u[2];
    double through = to_side(box, &p, to_rear), inside = -expm1(-mu * through);
    double path = -log1p(-inside * eot_soft_uniform(k->random)) / mu;
    struct eot_soft_particle behind = p;
    for (int i = 0; i < 3; i++) p.place[i] += path * p.u[i];
    arrive(k, p, sender, chance * inside, 1, 1);
    if (through < to_rear || slab + 1 >= s->n_slab) return;
    if (!(k->target->weight[sender] > 0.0) || eot_soft_uniform(k->random) > BEHIND) return;
    for (int i = 0; i < 2; i++) behind.place[i] += to_rear * p.u[i];
    arrive(k, eot_soft_at(s, p.type, p.energy, (double[]){behind.place[0], behind.place[1], s->edge[slab + 1]}, p.u),
           sender, chance * (1.0 - inside) / BEHIND, 0, 0);
}

static void expect(struct work *k, struct eot_soft_particle p) {
    if (!(p.u[2] > 0.01)) return;
    if (k->sender >= 0)
        expect_of(k, p, k->sender);
    else
        for (int i = p.first; i <= p.last; i++) expect_of(k, p, i);
}

/* A particle at an edge of the bed: of the senders that end or begin there, it leaves. What goes on in the set-up is
 * followed there. @return 0: it is in none any more. */
static int leave_senders(struct work *k, struct eot_soft_particle *p) {
    static const double TOUCH = 1.0e-5; /* cm */
    const struct eot_soft_target *t = k->target;
    if (t == NULL || k->sender >= 0) return 1;
    while (p->u[2] < 0.0 && p->first <= p->last && p->place[2] + t->shift[p->first] < t->front + TOUCH) p->first++;
    while (p->u[2] > 0.0 && p->first <= p->last && p->place[2] + t->shift[p->last] > t->rear - TOUCH) {
        struct work inner = {.target = k->target, .sender = p->last};
        const double place[3] = {p->place[0], p->place[1], t->rear};
        struct eot_soft_particle out = eot_soft_at(t->stack, p->type, p->energy, place, p->u);
        out.weight = p->weight;
        out.gain = p->gain;
        out.is_scored = p->type == EOT_SOFT_PHOTON;
        follow_apart(k, &inner, out, 0);
        p->last--;
    }
    return p->first <= p->last;
}

/* A photon that stands for more than it should where it is: copies of it wait, each with its share of the weight. */
static struct eot_soft_particle divide(struct work *k, struct eot_soft_particle p) {
    enum { MOST_COPY = 16 };
    if (k->target == NULL || k->sender >= 0) return p;
    double weight = window(k, &p);
    if (p.weight < 2.0 * weight) return p;
    int copies = p.weight < MOST_COPY * weight ? (int)(p.weight / weight) : MOST_COPY;
    if (copies > k->most - k->n) return p;
    p.weight /= copies;
    p.is_scored = 1;
    for (int i = 1; i < copies; i++) k->waiting[k->n++] = p;
    p.is_scored = 0;
    return p;
}

static void follow_photon(struct work *k, struct eot_soft_particle p) {
    const struct eot_soft_place e = eot_soft_place_of(p.energy);
    if (k->target != NULL && !p.is_scored) expect(k, p);
    p.is_scored = 0;
    for (;;) {
        const struct eot_soft_medium *m = medium_of(k->stack, &p);
        double total = eot_soft_at_place(m->photons, e);
        int crossed;
        fly(k->stack, &p, total > 0.0 ? -log(eot_soft_uniform(k->random)) / total : 1.0e30, &crossed);
        if (!is_inside(k->stack, &p)) return;
        if (k->sender >= 0 && k->target != NULL && p.slab >= k->target->slab) return; /* its expectation is scored */
        if (crossed) {
            if (!leave_senders(k, &p)) return;
            p = divide(k, p);
            continue;
        }
        collide(k, p, e, m);
        return;
    }
}

/* Annihilation in flight into two photons, W. Heitler's cross section: the share of one by rejection from 1/share, both
 * directions by kinematics (Geant4 Physics Reference Manual, "Positron - electron annihilation"). */
static void annihilate_flying(struct work *k, struct eot_soft_particle p) {
    struct eot_soft_random *r = k->random;
    const double gamma = p.energy / EOT_M_ELECTRON + 1.0, total = p.energy + 2.0 * EOT_M_ELECTRON;
    const double momentum = sqrt(p.energy * total), half = 0.5 * momentum / total, low = 0.5 - half;
    double share;
    do share = low * pow((0.5 + half) / low, eot_soft_uniform(r));
    while (eot_soft_uniform(r) > 1.0 - share + (2.0 * gamma * share - 1.0) / (share * (gamma + 1.0) * (gamma + 1.0)));
    double cosine = (total - EOT_M_ELECTRON / share) / momentum, other = (1.0 - share) * total;
    struct eot_soft_particle one = daughter(p, EOT_SOFT_PHOTON, share * total, most_of(least(cosine, 1.0), -1.0), r);
    p.type = EOT_SOFT_PHOTON;
    p.energy = other;
    for (int i = 0; i < 3; i++) p.u[i] = (momentum * p.u[i] - one.energy * one.u[i]) / other;
    double length = sqrt(p.u[0] * p.u[0] + p.u[1] * p.u[1] + p.u[2] * p.u[2]);
    for (int i = 0; i < 3; i++) p.u[i] /= length;
    born(k, one);
    born(k, p);
}

static void annihilate(struct work *k, struct eot_soft_particle p) {
    struct eot_soft_particle one =
        daughter(p, EOT_SOFT_PHOTON, EOT_M_ELECTRON, 2.0 * eot_soft_uniform(k->random) - 1.0, k->random);
    born(k, one);
    for (int i = 0; i < 3; i++) one.u[i] = -one.u[i];
    born(k, one);
}

/* The end of an electron or positron where it stands. */
static void stop(struct work *k, struct eot_soft_particle p) {
    leave(k, &p, p.energy);
    if (p.type == EOT_SOFT_POSITRON) annihilate(k, p);
}

/* Fly a part of a step with its loss. @return 0 when the particle is gone. */
static int fly_losing(struct work *k, struct eot_soft_particle *p, double length, double loss, int *crossed) {
    const struct eot_soft_particle before = *p;
    double flown = fly(k->stack, p, length, crossed), lost = least(flown * loss, p->energy);
    leave(k, &before, lost);
    p->energy -= lost;
    return is_inside(k->stack, p);
}

/* The same where no boundary is near. */
static void move_losing(struct work *k, struct eot_soft_particle *p, double length, double loss) {
    double lost = least(length * loss, p->energy);
    for (int i = 0; i < 3; i++) p->place[i] += length * p->u[i];
    leave(k, p, lost);
    p->energy -= lost;
}

static void radiate(struct work *k, struct eot_soft_particle *p, const struct eot_soft_medium *m,
                    struct eot_soft_place e) {
    const float *q = m->photon[e.i + (eot_soft_uniform(k->random) < e.t ? 1 : 0)];
    double photon =
        EOT_SOFT_BREMS_CUT * exp(quantile(q, k->random) * log(most_of(p->energy / EOT_SOFT_BREMS_CUT, 1.0)));
    if (photon > p->energy) photon = p->energy;
    born(k, daughter(*p, EOT_SOFT_PHOTON, photon, birth_cosine(p->energy + EOT_M_ELECTRON, k->random), k->random));
    p->energy -= photon;
}

/* A delta electron: Moller's cross section by rejection from 1/eps^2, eps = W/T up to 1/2. */
static void knock(struct work *k, struct eot_soft_particle *p) {
    struct eot_soft_random *r = k->random;
    double T = p->energy, c = EOT_SOFT_DELTA_CUT / T, gamma = T / EOT_M_ELECTRON + 1.0, eps, weight;
    if (c >= 0.5) return;
    double flat = (1.0 - 1.0 / gamma) * (1.0 - 1.0 / gamma), mixed = (2.0 * gamma - 1.0) / (gamma * gamma);
    do {
        eps = 1.0 / (1.0 / c + (2.0 - 1.0 / c) * eot_soft_uniform(r));
        double ratio = eps / (1.0 - eps);
        weight = 1.0 + ratio * ratio + flat * eps * eps - mixed * ratio;
    } while (2.25 * eot_soft_uniform(r) > weight);
    double W = eps * T, rest = T - W;
    double along = sqrt(W * (T + 2.0 * EOT_M_ELECTRON) / (T * (W + 2.0 * EOT_M_ELECTRON)));
    double after = sqrt(rest * (T + 2.0 * EOT_M_ELECTRON) / (T * (rest + 2.0 * EOT_M_ELECTRON)));
    born(k, daughter(*p, EOT_SOFT_ELECTRON, W, least(along, 1.0), r));
    p->energy = rest;
    eot_soft_turn(p->u, least(after, 1.0), r);
}

/* Distance to the nearest boundary. */
static double to_surface(const struct eot_soft_stack *s, const struct eot_soft_particle *p) {
    const struct eot_soft_slab *b = &s->slab[p->slab];
    double z = least(p->place[2] - s->edge[p->slab], s->edge[p->slab + 1] - p->place[2]);
    double x = least(fabs(p->place[0] - b->x0), fabs(b->x1 - p->place[0])),
           y = least(fabs(p->place[1] - b->y0), fabs(b->y1 - p->place[1]));
    return p->is_in ? least(z, least(x, y)) : 0.0;
}

static void follow_electron(struct work *k, struct eot_soft_particle p) {
    while (p.energy > EOT_SOFT_ELECTRON_CUT) {
        const struct eot_soft_stack *s = k->stack;
        const struct eot_soft_medium *m = medium_of(s, &p);
        struct eot_soft_place e = eot_soft_place_of(p.energy);
        if (k->target != NULL && k->sender >= 0 && p.slab >= k->target->slab) {
            if (p.is_in && p.slab == k->target->slab) arrive(k, p, k->sender, p.weight, 0, 1);
            return;
        }
        if (!goes_on(k, &p)) return;
        double range = eot_soft_at_place(m->range, e), loss = eot_soft_at_place(m->loss, e),
               scatter = eot_soft_at_place(m->scatter[p.type == EOT_SOFT_POSITRON], e),
               delta = eot_soft_at_place(m->delta, e),
               last = p.type == EOT_SOFT_POSITRON ? eot_soft_at_place(m->annihilation, e) : 0.0,
               hard = delta + eot_soft_at_place(m->brems, e) + last;
        int crossed = 0;
        if (!(loss > 0.0)) {
            fly(s, &p, 1.0e30, &crossed);
            if (!is_inside(s, &p) || !leave_senders(k, &p)) return;
            continue;
        }
        double nearest = to_surface(s, &p);
        if (range < nearest && p.energy < m->quiet) break; /* does not get out, and hardly radiates */
        double most = least(0.2 * range + 2.0e-4, 0.22 / scatter);
        double to_event = hard > 0.0 ? -log(eot_soft_uniform(k->random)) / hard : 1.0e30, step = least(most, to_event);
        double hinge = step * eot_soft_uniform(k->random), start = p.energy;
        if (step < nearest) {
            move_losing(k, &p, hinge, loss);
            eot_soft_scatter(m, p.type == EOT_SOFT_POSITRON ? 1 : -1, e, step, p.u, k->random);
            move_losing(k, &p, step - hinge, loss);
        } else {
            if (!fly_losing(k, &p, hinge, loss, &crossed)) return;
            if (crossed && !leave_senders(k, &p)) return;
            if (crossed) continue; /* the rest is another medium's step */
            eot_soft_scatter(m, p.type == EOT_SOFT_POSITRON ? 1 : -1, e, step, p.u, k->random);
            if (!fly_losing(k, &p, step - hinge, loss, &crossed)) return;
            if (crossed && !leave_senders(k, &p)) return;
        }
        if (crossed || to_event > most) continue;
        double choice = eot_soft_uniform(k->random) * hard;
        if (choice < last) {
            annihilate_flying(k, p);
            return;
        }
        if (choice < last + delta)
            knock(k, &p);
        else if (p.energy > EOT_SOFT_BREMS_CUT && start > 2.0 * EOT_SOFT_BREMS_CUT)
            radiate(k, &p, m, e);
    }
    stop(k, p);
}

static void run(struct work *k) {
    while (k->n > 0) {
        struct eot_soft_particle p = k->waiting[--k->n];
        if (p.type == EOT_SOFT_PHOTON)
            follow_photon(k, p);
        else
            follow_electron(k, p);
    }
}

void eot_soft_follow(const struct eot_soft_stack *stack, struct eot_soft_particle first, struct eot_soft_random *random,
                     struct eot_soft_particle *waiting, double *sum) {
    struct work k = {.stack = stack, .random = random, .waiting = waiting, .sum = sum, .most = EOT_SOFT_MOST};
    born(&k, first);
    run(&k);
}

void eot_soft_follow_to(const struct eot_soft_stack *bed, struct eot_soft_particle first,
                        struct eot_soft_random *random, struct eot_soft_particle *waiting,
                        struct eot_soft_target *target) {
    struct work k = {
        .stack = bed, .random = random, .waiting = waiting, .target = target, .sender = -1, .most = EOT_SOFT_MOST};
    first.first = 0;
    first.last = target->n_sender - 1;
    if (leave_senders(&k, &first)) born(&k, first);
    run(&k);
}
