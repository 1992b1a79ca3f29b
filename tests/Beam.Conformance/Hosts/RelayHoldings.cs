namespace Beam.Conformance;

/// <summary>What a relay holds for its transfers: all zero when there are none.</summary>
/// <param name="Transfers">Transfers that wait, run, or have not been left by both sides.</param>
/// <param name="MemoryBytes">Leased from the memory budget.</param>
/// <param name="DiskBytes">Leased from the disk budget.</param>
/// <param name="Files">Spill files, those without a name included; 0 where they cannot be counted.</param>
/// <param name="BytesReceived">What the transfers have got from their senders; 0 where it is not told.</param>
/// <param name="Confirming">Transfers whose bytes have all been handed to the receiver's connection; 0 where it is not told.</param>
public sealed record RelayHoldings(int Transfers, long MemoryBytes, long DiskBytes, int Files, long BytesReceived, int Confirming)
{
    /// <summary>Transfers whose receiver has broken off and may come back; 0 where it is not told.</summary>
    public int ReceiverAway { get; init; }

    /// <summary>Whether nothing is left.</summary>
    public bool IsEmpty => this is { Transfers: 0, MemoryBytes: 0, DiskBytes: 0, Files: 0 };
}
