// Start, the idle loop, and the deferred calls that drivers' interrupts leave for it.
#include "cpu.h"
#include "nt.h"

static KDPC *volatile KiDpcHead;

u8 KfRaiseIrql(u8 irql) {
  const u8 old = cpu_irql();
  cpu_set_irql(irql);
  return old;
}

void KeLowerIrql(u8 irql) { cpu_set_irql(irql); }

void KeInitializeDpc(KDPC *dpc, KDEFERRED_ROUTINE routine, void *context) {
  dpc->Next = 0;
  dpc->Routine = routine;
  dpc->Context = context;
  dpc->Queued = 0;
}

int KeInsertQueueDpc(KDPC *dpc) {
  if (__atomic_exchange_n(&dpc->Queued, 1, __ATOMIC_ACQ_REL)) {
    return 0;
  }
  dpc->Next = KiDpcHead;
  KiDpcHead = dpc;
  return 1;
}

NOINLINE void KiExecuteAllDpcs(void) {
  for (KDPC *dpc = KiDpcHead; dpc; dpc = KiDpcHead) {
    KiDpcHead = dpc->Next;
    dpc->Queued = 0;
    dpc->Routine(dpc, dpc->Context);
  }
}

NOINLINE void KiRetireDpcList(void) {
  const u8 old = KfRaiseIrql(DISPATCH_LEVEL);
  KiExecuteAllDpcs();
  KeLowerIrql(old);
}

NOINLINE void KiIdleLoop(void) {
  for (;;) {
    cpu_interrupts_off();
    if (KiDpcHead) {
      KiRetireDpcList();
    } else {
      cpu_wait();
    }
  }
}

typedef void (*DRIVER_ENTRY)(void);

// What the loader hands over: the entry points of the drivers it has put into memory, ended by a null.
__declspec(dllexport) void KiSystemStartup(const DRIVER_ENTRY *drivers) {
  for (; *drivers; ++drivers) {
    (*drivers)();
  }
  KiIdleLoop();
}
