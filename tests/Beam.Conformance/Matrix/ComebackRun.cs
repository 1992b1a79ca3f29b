using System.Globalization;
using Beam.Testing;

namespace Beam.Conformance;

/// <summary>Plays one cell up to its fault, and then has the side that broke off come back for the rest.</summary>
internal sealed class ComebackRun(Cell cell, BeamHost host, string token) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CellStage _stage = new(cell, host, token);
    private readonly TempFolder _folder = new();
    private ClientProcess? _back;

    private bool IsSenderBack => cell.Fault is Fault.SenderKilled or Fault.SenderReset or Fault.SenderSilent;

    public async Task<CellResult> RunAsync()
    {
        var result = IsSenderBack ? await ComeBackAsSenderAsync() : await ComeBackAsReceiverAsync();
        await _stage.CheckWhatIsLeftAsync();
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        if (_back is not null)
        {
            await _back.DisposeAsync();
        }

        await _stage.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<CellResult> ComeBackAsSenderAsync()
    {
        var isAlone = cell.Moment == Moment.BeforePairing;
        if (isAlone)
        {
            await _stage.SendAheadAsync(_stage.BytesBefore);
        }
        else
        {
            await _stage.PairAsync();
        }

        await _stage.CauseAsync();
        if (cell.Fault != Fault.SenderSilent)
        {
            await _stage.Sender.Process.WaitAsync(Patience);
        }

        var file = _folder["file.bin"];
        await File.WriteAllBytesAsync(file, _stage.Bytes);
        var offset = await AskOffsetAsync();
        _back = Start(cell.Sender, "-C", offset.ToString(CultureInfo.InvariantCulture), "-T", file, _stage.FileUrl(cell.Sender));
        if (isAlone)
        {
            _stage.StartReceiver();
        }

        await _back.WaitAsync(Patience);
        await _stage.Receiver.Process.WaitAsync(Patience);
        if (cell.Fault == Fault.SenderSilent)
        {
            await EndPredecessorAsync();
        }

        return Judge(_back, _stage.Receiver.Process, _stage.Receiver.Received);
    }

    /// <summary>The first sender, which still lives, was cut: it must not take the other's success for its own.</summary>
    private async Task EndPredecessorAsync()
    {
        if (cell.Sender == Wire.Http2)
        {
            // It may sit on its answer forever.
            _stage.Sender.Process.Kill();
        }
        else
        {
            await _stage.SendRestAsync();
        }

        if (await _stage.Sender.Process.WaitAsync(Patience) == 0)
        {
            _stage.Problems.Add("The sender that was replaced believes that it has sent the file.");
        }
    }

    private async Task<CellResult> ComeBackAsReceiverAsync()
    {
        await (cell.Fault == Fault.ReceiverKilledAfterBuffering ? _stage.PlayBufferedEndAsync()
            : cell.Fault == Fault.ReceiverStalled ? PlayStallAsync()
            : PlayPairedAsync());
        await _stage.Receiver.Process.WaitAsync(Patience);

        // A killed curl has no status to tell; what it wrote are the file's bytes.
        var had = _stage.Receiver.Process.Output;
        string[] range = had.Length == 0 ? [] : ["-C", had.Length.ToString(CultureInfo.InvariantCulture)];
        _back = Start(cell.Receiver, ["-N", .. range, _stage.FileUrl(cell.Receiver)]);
        await _back.WaitAsync(Patience);
        await _stage.Sender.Process.WaitAsync(Patience);
        return Judge(_stage.Sender.Process, _back, [.. had, .. _back.Output]);
    }

    private async Task PlayPairedAsync()
    {
        await _stage.PairAsync();
        await _stage.CauseAsync();
    }

    private async Task PlayStallAsync()
    {
        await _stage.PlayAsync();

        // Cut, but it cannot know while it stands still; it would first read what its system has.
        await _stage.HoldsAsync(static held => held.ReceiverAway == 1);
        _stage.Receiver.Process.Kill();
    }

    private async Task<long> AskOffsetAsync()
    {
        await using var look = Start(cell.Sender, "-I", _stage.FileUrl(cell.Sender));
        await look.WaitAsync(Patience);
        const string Field = "upload-offset:";
        var line = look.OutputText.Split('\n').FirstOrDefault(static line => line.StartsWith(Field, StringComparison.OrdinalIgnoreCase));
        return line is null
            ? throw new IOException("HEAD told no offset: " + look.OutputText)
            : long.Parse(
                line.AsSpan(Field.Length),
                NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture);
    }

    private static ClientProcess Start(Wire wire, params IEnumerable<string> arguments)
        => ClientProcess.Start("curl", [.. CurlSender.CommonArguments(wire), .. arguments]);

    private CellResult Judge(ClientProcess sender, ClientProcess receiver, byte[] received)
    {
        var result = new CellResult(
            cell,
            sender.ExitCode,
            CurlReport.Status(sender),
            sender.OutputText.Trim(),
            receiver.ExitCode,
            CurlReport.Status(receiver),
            received.Length,
            _stage.Bytes.Length,
            TimeProvider.System.GetElapsedTime(_stage.FaultAt),
            _stage.Problems);
        if (!received.AsSpan().SequenceEqual(_stage.Bytes))
        {
            _stage.Problems.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"The received bytes differ from byte {received.AsSpan().CommonPrefixLength(_stage.Bytes)} on."));
        }

        if (result.SenderExit != 0 && !(cell.Sender == Wire.Http2 && !IsSenderBack))
        {
            // An h2 curl that reads from a pipe and was held back may hang on its answer, as everywhere in the matrix.
            _stage.Problems.Add($"The sender's exit code is {result.SenderExit} instead of 0.");
        }

        if (result.ReceiverExit != 0)
        {
            _stage.Problems.Add($"The receiver's exit code is {result.ReceiverExit} instead of 0.");
        }

        return result;
    }
}
