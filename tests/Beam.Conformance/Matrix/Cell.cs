namespace Beam.Conformance;

/// <summary>One cell of the fault matrix.</summary>
/// <param name="Fault">What goes wrong.</param>
/// <param name="Moment">When.</param>
/// <param name="Sender">The sender's protocol.</param>
/// <param name="Receiver">The receiver's protocol.</param>
/// <param name="Framing">The upload's framing, which becomes the download's.</param>
/// <param name="Storage">Where waiting bytes lie.</param>
public sealed record Cell(Fault Fault, Moment Moment, Wire Sender, Wire Receiver, Framing Framing, Storage Storage)
{
    /// <summary>Every cell that means something.</summary>
    public static IReadOnlyList<Cell> All { get; } =
    [
        .. from fault in Enum.GetValues<Fault>()
           from moment in Enum.GetValues<Moment>()
           from storage in Enum.GetValues<Storage>()
           where WhyMeaningless(fault, moment, storage) is null
           from sender in Enum.GetValues<Wire>()
           from receiver in Enum.GetValues<Wire>()
           from framing in Enum.GetValues<Framing>()
           select new Cell(fault, moment, sender, receiver, framing, storage),
    ];

    /// <summary>What its host must be like.</summary>
    public BeamHostSettings HostSettings => new(
        Storage,
        Fault is Fault.SenderSilent or Fault.ReceiverStalled ? TimeSpan.FromSeconds(2) : TimeSpan.FromSeconds(15),
        TimeSpan.FromSeconds(1));

    /// <summary>Why there is no such cell; <see langword="null"/> when there is.</summary>
    public static string? WhyMeaningless(Fault fault, Moment moment, Storage storage) => (fault, moment, storage) switch
    {
        (Fault.ReceiverKilledAfterBuffering, not Moment.LastByte, _) => "only the end of the file is ever buffered as a whole",
        (Fault.ReceiverStalled, Moment.BeforePairing, _) => "a waiting receiver has nothing to read, so it cannot stop reading",
        (Fault.ReceiverKilled or Fault.ReceiverReset, Moment.BeforePairing, Storage.Spill)
            => "there is no sender, so there is nothing on the disk",
        (not Fault.ReceiverStalled, Moment.FirstByte, Storage.Spill) => "one byte is never on the disk",
        _ => null,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Fault} at {Moment}, {Sender} to {Receiver}, {Framing}, {Storage}";
}
