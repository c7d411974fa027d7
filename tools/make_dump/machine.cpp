#include "tools/make_dump/machine.hpp"

#include <migstorm/random.hpp>

#include <algorithm>

namespace migstorm::make_dump {

namespace {

constexpr Address kDriverSpacing = 0x10000;

} // namespace

Placement place(const Shape& shape, std::uint64_t seed) {
  Random random(seed, "placement");
  const auto draw = [&random](const Region& region) { return region.at(random.below(region.slots)); };
  Placement placement;
  placement.kernel = draw(shape.regions.kernel);
  placement.drivers = draw(shape.regions.drivers);
  placement.stack = draw(shape.regions.stack);
  return placement;
}

Machine::Machine(const CrashFacts& crash_facts)
    : facts(crash_facts), shape(shape_of(facts.architecture)), placement(place(shape, facts.seed)),
      memory(facts.memory, shape.paging.large_pages), space(memory, shape), pool_next_(shape.regions.pool) {
  space.map_large(shape.regions.pool, PhysicalMemory::kLargeFrame);
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
  assert(pool_next_ <= shape.regions.pool + shape.paging.large_pages * kPageSize);
  return at;
}

void load_images(Machine& machine) {
  machine.images.emplace_back(machine.shape.images, "ntoskrnl.exe", machine.placement.kernel);
  Address next = machine.placement.drivers;
  for (const char* name : {"vmbus.sys", "storvsc.sys"}) {
    machine.images.emplace_back(machine.shape.images, name, next);
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
