// Reads a HepMC3 file with the library of its authors, and prints what the test checks: units, events, weights, codes,
// the largest violation of four-momentum conservation (relative to the incoming energy) and of the mass shells, and the
// ranges of the vertices.
#include <HepMC3/GenCrossSection.h>
#include <HepMC3/GenEvent.h>
#include <HepMC3/GenParticle.h>
#include <HepMC3/GenVertex.h>
#include <HepMC3/ReaderAscii.h>
#include <cmath>
#include <cstdio>
#include <map>

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    HepMC3::ReaderAscii reader(argv[1]);
    if (reader.failed()) return 3;
    std::map<int, long> in, out;
    double sum = 0.0, violation = 0.0, shell = 0.0, z_low = 1e30, z_high = -1e30, t_low = 1e30, t_high = -1e30,
           sample_low = 1e30, sample_high = 0.0, flux = 0.0, xsec_low = 1e30, xsec_high = 0.0, E_low = 1e30,
           E_high = 0.0;
    long n = 0, n_bad = 0;
    while (!reader.failed()) {
        HepMC3::GenEvent event;
        if (!reader.read_event(event) || reader.failed()) break;
        n++;
        if (event.momentum_unit() != HepMC3::Units::GEV || event.length_unit() != HepMC3::Units::MM ||
            event.vertices().size() != 1 || event.weights().size() != 1) {
            n_bad++;
            continue;
        }
        sum += event.weights()[0];
        HepMC3::ConstGenVertexPtr vertex = event.vertices()[0];
        HepMC3::FourVector total(0, 0, 0, 0);
        double E_in = 0.0;
        for (HepMC3::ConstGenParticlePtr p : vertex->particles_in()) {
            in[p->pid()]++;
            total = total + p->momentum();
            if (p->status() != 4) n_bad++;
            if (p->pid() < 1000 && p->momentum().e() > E_in) E_in = p->momentum().e();
        }
        for (HepMC3::ConstGenParticlePtr p : vertex->particles_out()) {
            out[p->pid()]++;
            total = total - p->momentum();
            if (p->status() != 1) n_bad++;
        }
        for (HepMC3::ConstGenParticlePtr p : event.particles()) {
            double m = p->generated_mass(), E = p->momentum().e();
            shell = std::fmax(shell, std::fabs(p->momentum().m2() - m * m) / (E * E));
        }
        if (E_in < E_low) E_low = E_in;
        if (E_in > E_high) E_high = E_in;
        violation = std::fmax(violation, std::fmax(std::fmax(std::fabs(total.px()), std::fabs(total.py())),
                                                   std::fmax(std::fabs(total.pz()), std::fabs(total.e()))) /
                                             E_in);
        double z = vertex->position().z(), t = vertex->position().t();
        z_low = std::fmin(z_low, z), z_high = std::fmax(z_high, z), t_low = std::fmin(t_low, t),
        t_high = std::fmax(t_high, t);
        HepMC3::GenCrossSectionPtr xsec = event.cross_section();
        if (!xsec || !event.attribute<HepMC3::IntAttribute>("cuts_passed")) {
            n_bad++;
            continue;
        }
        auto own = event.attribute<HepMC3::DoubleAttribute>("vertex_xsec_pb");
        if (!own) {
            n_bad++;
            continue;
        }
        xsec_low = std::fmin(xsec_low, own->value()), xsec_high = std::fmax(xsec_high, own->value());
        sample_low = std::fmin(sample_low, xsec->xsec()), sample_high = std::fmax(sample_high, xsec->xsec());
        flux += event.weight() / own->value();
    }
    std::printf("events %ld\nbad %ld\nsum %.9e\nviolation %.3e\nshell %.3e\nz %.6g %.6g\nt %.6g %.6g\nxsec %.6g "
                "%.6g\nenergy %.6g %.6g\nsample %.9e %.9e\nflux %.9e\n",
                n, n_bad, sum, violation, shell, z_low, z_high, t_low, t_high, xsec_low, xsec_high, E_low, E_high,
                sample_low, sample_high, flux);
    for (auto &p : in) std::printf("in %d %ld\n", p.first, p.second);
    for (auto &p : out) std::printf("out %d %ld\n", p.first, p.second);
    return 0;
}
