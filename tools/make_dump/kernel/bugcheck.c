// Which bugcheck a fault is, and the end of the machine.
#include "nt.h"

extern u64 KiBugCheckData[5];
extern u8 __ImageBase[];
enum { KERNEL_SIZE = 0x100000 };

// Called with the trap frame of a page fault; RIP is at 0x168 of it.
u32 KiSelectFaultCode(const u64 *trap_frame) {
  u64 irql;
  __asm__ volatile("mov %%cr8, %0" : "=r"(irql));
  if (irql < DISPATCH_LEVEL) {
    return 0x50;
  }
  const u64 rip = trap_frame[0x168 / 8];
  const u64 kernel = (u64)__ImageBase;
  return rip >= kernel && rip < kernel + KERNEL_SIZE ? 0xA : 0xD1;
}

void KeBugCheck2(u32 code, u64 p1, u64 p2, u64 p3, u64 p4) {
  KiBugCheckData[0] = code;
  KiBugCheckData[1] = p1;
  KiBugCheckData[2] = p2;
  KiBugCheckData[3] = p3;
  KiBugCheckData[4] = p4;
  for (;;) {
    __asm__ volatile("cli; hlt");
  }
}
