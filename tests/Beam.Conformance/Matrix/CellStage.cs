using Beam.Testing;

namespace Beam.Conformance;

/// <summary>The two curls of a cell and what happens to them up to the fault.</summary>
internal sealed class CellStage : IAsyncDisposable
{
    private static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(500);

    private readonly Cell _cell;
    private readonly BeamHost _host;
    private readonly string _channel;
    private readonly Interposer? _senderPath;
    private readonly Interposer? _receiverPath;
    private CurlSender? _sender;
    private CurlReceiver? _receiver;

    public CellStage(Cell cell, BeamHost host, string token)
    {
        _cell = cell;
        _host = host;
        _channel = "/" + token;
        Bytes = TestBytes.Create(cell.GetHashCode(), CellPlan.TotalBytes(cell, host));
        BytesBefore = CellPlan.BytesBefore(cell, host);
        _senderPath = cell.Fault == Fault.SenderReset ? new Interposer(host.Url(cell.Sender)) : null;
        _receiverPath = cell.Fault == Fault.ReceiverReset ? new Interposer(host.Url(cell.Receiver)) : null;
    }

    /// <summary>The file.</summary>
    public byte[] Bytes { get; }

    /// <summary>How many of its bytes go through before the fault.</summary>
    public int BytesBefore { get; }

    public CurlSender Sender => _sender!;

    public CurlReceiver Receiver => _receiver!;

    /// <summary>What is not as it must be.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>When the fault was caused.</summary>
    public long FaultAt { get; private set; }

    /// <summary>Ends when the host has stopped, if that is the fault.</summary>
    public Task Stopping { get; private set; } = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable? part in new IAsyncDisposable?[] { _sender, _receiver, _senderPath, _receiverPath })
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }
    }

    /// <summary>The file's address for one side.</summary>
    public string FileUrl(Wire wire) => _host.Url(wire) + _channel + "/file.bin";

    public Task PlayAsync() => (_cell.Fault, _cell.Moment) switch
    {
        (Fault.ReceiverStalled, not Moment.LastByte) => PlayStallAsync(),
        (Fault.ReceiverStalled or Fault.ReceiverKilledAfterBuffering, _) => PlayBufferedEndAsync(),
        (Fault.SenderSilent, Moment.BeforePairing) => PlaySilenceBeforePairingAsync(),
        (Fault.SenderKilled or Fault.SenderReset, Moment.BeforePairing) => PlayLonelySenderAsync(),
        (Fault.ReceiverKilled or Fault.ReceiverReset, Moment.BeforePairing) => PlayLonelyReceiverAsync(),
        (Fault.ServerStopping, Moment.BeforePairing) => PlayStopBeforePairingAsync(),
        _ => PlayPairedAsync(),
    };

    private async Task PlayPairedAsync()
    {
        await PairAsync();
        await CauseAsync();
    }

    /// <summary>Has the bytes before the fault at the receiver, and the sender holding back the rest.</summary>
    public async Task PairAsync()
    {
        if (_cell.Storage == Storage.Spill)
        {
            await SendAheadAsync(BytesBefore);
            StartReceiver();
        }
        else
        {
            StartReceiver();
            StartSender();
            await Sender.WriteAsync(Bytes.AsMemory(0, BytesBefore));
        }

        await Receiver.Process.WaitForOutputAsync(BytesBefore - _host.HeldBackBytes);
    }

    public async Task SendAheadAsync(int count)
    {
        StartSender();
        await Sender.WriteAsync(Bytes.AsMemory(0, count));
        await HoldsAsync(held => held.BytesReceived >= count - _host.HeldBackBytes);
        if (_host.IsInspectable && _cell.Storage == Storage.Spill && (await _host.GetHoldingsAsync()).DiskBytes == 0)
        {
            Problems.Add("Nothing was spilled.");
        }
    }

    public async Task CauseAsync()
    {
        FaultAt = TimeProvider.System.GetTimestamp();
        switch (_cell.Fault)
        {
            case Fault.SenderKilled:
                Sender.Process.Kill();
                break;
            case Fault.SenderReset:
                await _senderPath!.ResetAsync();
                await SendRestAsync();
                break;
            case Fault.ReceiverKilled:
                Receiver.Process.Kill();
                await Receiver.Process.WaitAsync();
                await SendRestAsync();
                break;
            case Fault.ReceiverReset:
                await _receiverPath!.ResetAsync();
                await SendRestAsync();
                break;
            case Fault.ServerStopping:
                Stopping = _host.StopAsync();
                break;
            default:
                break;
        }
    }

    /// <summary>Lets the sender go on. A curl that waits for input looks at nothing else, not even at the answer that it has got.</summary>
    public async Task SendRestAsync()
    {
        if (_sender is not null)
        {
            await Sender.WriteAsync(Bytes.AsMemory(BytesBefore));
            Sender.Finish();
        }
    }

    private async Task PlaySilenceBeforePairingAsync()
    {
        await SendAheadAsync(BytesBefore);
        StartReceiver();
        await Receiver.Process.WaitForOutputAsync(BytesBefore - _host.HeldBackBytes);
        await CauseAsync();
    }

    private async Task PlayLonelySenderAsync()
    {
        await SendAheadAsync(BytesBefore);
        await CauseAsync();
        await HoldsAsync(static held => held.Transfers == 0);
        StartReceiver("?wait=1");
    }

    private async Task PlayLonelyReceiverAsync()
    {
        StartReceiver();
        await HoldsAsync(static held => held.Transfers == 1);
        await CauseAsync();
        await HoldsAsync(static held => held.Transfers == 0);
        StartSender("?wait=1");
        await Sender.WriteAsync(Bytes);
        Sender.Finish();
    }

    private async Task PlayStopBeforePairingAsync()
    {
        await SendAheadAsync(BytesBefore);
        _receiver = CurlReceiver.Start(_host.Url(_cell.Receiver) + _channel + "/another.bin", _cell.Receiver);
        await HoldsAsync(static held => held.Transfers == 2);
        await CauseAsync();
    }

    /// <summary>A receiver that stops reading while the sender pushes.</summary>
    private async Task PlayStallAsync()
    {
        if (_cell.Storage == Storage.Spill)
        {
            await SendAheadAsync(Bytes.Length);
            Sender.Finish();
            StartReceiver(rate: "512K");
        }
        else
        {
            StartReceiver(rate: "512K");
            StartSender();
            _ = PushAsync();
        }

        await Receiver.Process.WaitForOutputAsync(_cell.Moment == Moment.FirstByte ? 1 : 256 * 1024);
        Receiver.Freeze();
        FaultAt = TimeProvider.System.GetTimestamp();
    }

    private async Task PushAsync()
    {
        await Sender.WriteAsync(Bytes);
        Sender.Finish();
    }

    /// <summary>A receiver that is frozen when the end of the file comes: its system has everything, its program has not.</summary>
    public async Task PlayBufferedEndAsync()
    {
        await PairAsync();
        Receiver.Freeze();
        await Sender.WriteAsync(Bytes.AsMemory(BytesBefore));
        Sender.Finish();
        if (_cell.Receiver == Wire.Http1 && !_host.IsBehindHop)
        {
            await HoldsAsync(static held => held.Confirming == 1);
        }
        else
        {
            // Over HTTP/2, or when a hop has read everything, the transfer ends with "sent" now.
            await HoldsAsync(static held => held.Transfers == 0);
        }

        FaultAt = TimeProvider.System.GetTimestamp();
        if (_cell.Fault == Fault.ReceiverKilledAfterBuffering)
        {
            Receiver.Process.Kill();
        }
    }

    public void StartSender(string query = "") => _sender = CurlSender.Start(
        (_senderPath?.Url ?? _host.Url(_cell.Sender)) + _channel + "/file.bin" + query,
        _cell.Sender,
        _cell.Framing == Framing.Length ? Bytes.Length : null,
        waitsToBeAsked: _cell.GetHashCode() % 2 == 0);

    public void StartReceiver(string query = "", string? rate = null) => _receiver = CurlReceiver.Start(
        (_receiverPath?.Url ?? _host.Url(_cell.Receiver)) + _channel + "/file.bin" + query,
        _cell.Receiver,
        rate);

    /// <summary>Waits for a state of the relay; a host that cannot be looked into gets time instead.</summary>
    public Task HoldsAsync(Func<RelayHoldings, bool> condition) => _host.IsInspectable
        ? Eventually.TrueAsync(
            async () => condition(await _host.GetHoldingsAsync()),
            "the relay gets where the cell wants it",
            TimeSpan.FromSeconds(30))
        : Task.Delay(SettleTime, TimeProvider.System);

    public async Task CheckWhatIsLeftAsync()
    {
        if (!_host.IsInspectable)
        {
            return;
        }

        try
        {
            await Eventually.TrueAsync(async () => (await _host.GetHoldingsAsync()).IsEmpty, "nothing is left");
        }
        catch (TimeoutException)
        {
            Problems.Add($"Something is left: {await _host.GetHoldingsAsync()}");
        }

        Problems.AddRange(_host.Complaints.Select(complaint => "Logged: " + complaint));
    }
}
