// What differs between processors. x64 keeps the IRQL in CR8; the others in a variable, as their kernels do.
#pragma once

#include "nt.h"

#if defined(__x86_64__)

enum { TRAP_FRAME_IP = 0x168 };

static inline u8 cpu_irql(void) {
  u64 irql;
  __asm__ volatile("mov %%cr8, %0" : "=r"(irql));
  return (u8)irql;
}
static inline void cpu_set_irql(u8 irql) { __asm__ volatile("mov %0, %%cr8" ::"r"((u64)irql) : "memory"); }

#else

extern volatile u8 KiCurrentIrql;
static inline u8 cpu_irql(void) { return KiCurrentIrql; }
static inline void cpu_set_irql(u8 irql) { KiCurrentIrql = irql; }

#endif

#if defined(__aarch64__)

enum { TRAP_FRAME_IP = 0x148 };

static inline void cpu_interrupts_off(void) { __asm__ volatile("msr daifset, #2" ::: "memory"); }
static inline void cpu_wait(void) { __asm__ volatile("msr daifclr, #2\n\twfi" ::: "memory"); }
static inline void cpu_stop(void) { __asm__ volatile("msr daifset, #2\n\twfi" ::: "memory"); }

#else

#if defined(__i386__)
enum { TRAP_FRAME_IP = 0x68 };
#endif

static inline void cpu_interrupts_off(void) { __asm__ volatile("cli" ::: "memory"); }
static inline void cpu_wait(void) { __asm__ volatile("sti; hlt" ::: "memory"); }
static inline void cpu_stop(void) { __asm__ volatile("cli; hlt" ::: "memory"); }

#endif
