// Which bugcheck a fault is, and the end of the machine.
#include "cpu.h"
#include "nt.h"

extern uptr KiBugCheckData[5];
extern u8 __ImageBase[];
enum { KERNEL_SIZE = 0x100000 };

// Called with the trap frame of a page fault.
u32 KiSelectFaultCode(const uptr *trap_frame) {
  if (cpu_irql() < DISPATCH_LEVEL) {
    return 0x50;
  }
  const uptr ip = trap_frame[TRAP_FRAME_IP / sizeof(uptr)];
  const uptr kernel = (uptr)__ImageBase;
  return ip >= kernel && ip < kernel + KERNEL_SIZE ? 0xA : 0xD1;
}

void KeBugCheck2(u32 code, uptr p1, uptr p2, uptr p3, uptr p4) {
  KiBugCheckData[0] = code;
  KiBugCheckData[1] = p1;
  KiBugCheckData[2] = p2;
  KiBugCheckData[3] = p3;
  KiBugCheckData[4] = p4;
  for (;;) {
    cpu_stop();
  }
}
