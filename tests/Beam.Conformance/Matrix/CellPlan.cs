namespace Beam.Conformance;

/// <summary>The sizes of a cell and what must come of it.</summary>
internal static class CellPlan
{
    private const int Killed = 137;
    private const int Refused = 22;

    // curl: 18 partial file, 52 nothing got, 55 reset while sending, 56 reset while receiving, 92 HTTP/2 stream error.
    private static readonly int[] Broken = [18, 56, 92];

    // A receiver over HTTP/2 still sends when it has got bytes or waits for some: settings, and room in its window.
    private static readonly int[] Torn = [18, 55, 56, 92];

    // The relay sees a death at once. The rest is for a busy machine, on which two curls and a wait of a second have taken six. After 15
    // the stall limit would see it too.
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AtOnceBehindHop = TimeSpan.FromSeconds(14);

    // Deadlines are looked at once a second.
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    /// <summary>How many bytes the file has.</summary>
    public static int TotalBytes(Cell cell, BeamHost host) => cell switch
    {
        // More than the kernel's buffers of both ends and the relay's window take from a sender; a hop has as many again.
        { Fault: Fault.ReceiverStalled, Moment: not Moment.LastByte } => (host.IsBehindHop ? 56 : 24) * 1024 * 1024,
        { Storage: Storage.Spill } => 1024 * 1024,

        // The relay reads so much ahead of a receiver.
        { Moment: Moment.BeforePairing } => 32 * 1024,
        _ => 256 * 1024,
    };

    /// <summary>How many bytes have gone through, or wait in the relay, when it goes wrong.</summary>
    public static int BytesBefore(Cell cell, BeamHost host) => cell.Moment switch
    {
        Moment.FirstByte => 1 + host.HeldBackBytes,
        Moment.LastByte => TotalBytes(cell, host) - 1,
        _ => TotalBytes(cell, host) / 2,
    };

    public static CellExpectation Expect(Cell cell, BeamHost host)
    {
        long total = TotalBytes(cell, host);
        long most = BytesBefore(cell, host);
        var least = most - host.HeldBackBytes;
        var atOnce = host.IsBehindHop ? AtOnceBehindHop : AtOnce;
        var stalled = host.StallTimeout + Sweep + atOnce;

        // The death and the last byte pass each other: the system of a receiver that is just dying may still have acknowledged that byte.
        // A hop may have taken all that was left by the time it sees the death.
        var isSentEnough = cell is { Receiver: Wire.Http2, Moment: Moment.LastByte } || host.IsBehindHop;
        var isReadByAnother = cell.Receiver == Wire.Http2 || host.IsBehindHop;
        var stopping = cell.HostSettings.DrainTimeout + atOnce;
        return (cell.Fault, cell.Moment) switch
        {
            // curl 7.88 over HTTP/2 never ends when an answer has come while it waited for input, so the test kills it. Over HTTP/1.1 the
            // matrix checks the answer.
            (Fault.SenderSilent, _) when cell.Sender == Wire.Http2 => new(Killed, 0, "", Broken, [200], least, most, stalled),
            (Fault.ServerStopping, Moment.BeforePairing) when cell.Sender == Wire.Http2
                => new(Killed, 0, "", [Refused], [503], 0, 0, atOnce),
            (Fault.ServerStopping, _) when cell.Sender == Wire.Http2 => new(Killed, 0, "", Broken, [200], least, most, stopping),
            (Fault.SenderKilled, Moment.BeforePairing) => new(Killed, 0, "", [Refused], [410, 502, 504], 0, 0, atOnce),
            (Fault.SenderReset, Moment.BeforePairing) => new(null, 0, "", [Refused], [410, 502, 504], 0, 0, atOnce),
            (Fault.SenderKilled, _) => new(Killed, 0, "", Broken, [200], least, most, atOnce),
            (Fault.SenderReset, _) => new(null, 0, "", Broken, [200], least, most, atOnce),
            (Fault.SenderSilent, _) => new(Refused, 408, "stood still", Broken, [200], least, most, stalled),
            (Fault.ReceiverKilled, Moment.BeforePairing) => new(Refused, 504, "No receiver", [Killed], [0], 0, 0, atOnce),
            (Fault.ReceiverReset, Moment.BeforePairing) => new(Refused, 504, "No receiver", [52, 55, 56], [0], 0, 0, atOnce),
            (Fault.ReceiverKilled, _) => new(Refused, 502, "broke off", [Killed], [0], least, most, atOnce) { OrSent = isSentEnough },
            (Fault.ReceiverReset, _) => new(Refused, 502, "broke off", Torn, [200], least, most, atOnce) { OrSent = isSentEnough },
            (Fault.ReceiverStalled, Moment.LastByte) => new(0, 200, "sent: ", [0], [200], total, total, stalled),
            (Fault.ReceiverStalled, _) => new(Refused, 502, "stood still", Broken, [200], 1, total - 1, stalled),
            (Fault.ReceiverKilledAfterBuffering, _) when isReadByAnother => new(0, 200, "sent: ", [Killed], [0], 0, total - 1, atOnce),
            (Fault.ReceiverKilledAfterBuffering, _) => new(Refused, 502, "broke off", [Killed], [0], 0, total - 1, atOnce),
            (Fault.ServerStopping, Moment.BeforePairing) => new(Refused, 503, "shutting down", [Refused], [503], 0, 0, atOnce),
            _ => new(Refused, 503, "shutting down", Broken, [200], least, most, stopping),
        };
    }
}
