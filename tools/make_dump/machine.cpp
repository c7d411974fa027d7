#include "tools/make_dump/machine.hpp"

#include <migstorm/random.hpp>

#include <algorithm>

namespace migstorm::make_dump {

namespace {

constexpr Address kPool = 0xFFFFA58000000000;
constexpr Address kPoolEnd = kPool + PhysicalMemory::kLargePages * kPageSize;
constexpr Address kDriverSpacing = 0x10000;

} // namespace

Placement place(std::uint64_t seed) {
  Random random(seed, "placement");
  Placement placement;
  placement.kernel = 0xFFFFF80000000000 + (random.below(0x3FFF) + 1) * 0x200000;
  placement.drivers = 0xFFFFF88000000000 + (random.below(0xFFFF) + 1) * kDriverSpacing;
  placement.stack = 0xFFFFF98000000000 + (random.below(0xFFFF) + 1) * 0x10000;
  return placement;
}

Machine::Machine(const CrashFacts& crash_facts)
    : facts(crash_facts), placement(place(facts.seed)), memory(facts.memory), space(memory),
      pool_next_(kPool) {
  space.map_large(kPool, PhysicalMemory::kLargeFrame);
}

Image& Machine::image(std::string_view name) {
  const auto found =
      std::find_if(images.begin(), images.end(), [name](const Image& image) { return image.name() == name; });
  assert(found != images.end());
  return *found;
}

const Image& Machine::image(std::string_view name) const {
  const auto found =
      std::find_if(images.begin(), images.end(), [name](const Image& image) { return image.name() == name; });
  assert(found != images.end());
  return *found;
}

Address Machine::allocate(std::uint64_t bytes) {
  const Address at = pool_next_;
  pool_next_ += round_up(bytes, 16);
  assert(pool_next_ <= kPoolEnd);
  return at;
}

void load_images(Machine& machine) {
  machine.images.emplace_back(kernel_file("ntoskrnl.exe"), machine.placement.kernel);
  Address next = machine.placement.drivers;
  for (const char* name : {"vmbus.sys", "storvsc.sys"}) {
    machine.images.emplace_back(kernel_file(name), next);
    next += kDriverSpacing;
  }
  for (Image& image : machine.images) {
    for (const Image& from : machine.images) {
      image.bind(from);
    }
    machine.space.map_new(image.base(), image.size());
    machine.space.write(image.base(), image.memory());
  }
}

Machine make_machine(const CrashFacts& facts) {
  Machine machine(facts);
  load_images(machine);
  lay_modules(machine);
  lay_processes(machine);
  lay_stack(machine);
  lay_processors(machine);
  lay_debugger_data(machine);
  lay_user_memory(machine);
  return machine;
}

} // namespace migstorm::make_dump
