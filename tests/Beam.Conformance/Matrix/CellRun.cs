using System.Globalization;

namespace Beam.Conformance;

/// <summary>Plays one cell with two curls against a host.</summary>
internal sealed class CellRun : IAsyncDisposable
{
    private static readonly TimeSpan SenderPatience = TimeSpan.FromSeconds(10);

    private readonly Cell _cell;
    private readonly BeamHost _host;
    private readonly CellStage _stage;

    public CellRun(Cell cell, BeamHost host, string token)
    {
        _cell = cell;
        _host = host;
        _stage = new CellStage(cell, host, token);
    }

    public async Task<CellResult> RunAsync()
    {
        await _stage.PlayAsync();
        if (_cell.Fault is Fault.SenderSilent or Fault.ServerStopping)
        {
            await _stage.Receiver.Process.WaitAsync(TimeSpan.FromSeconds(60));
            if (_cell.Sender == Wire.Http2)
            {
                _stage.Sender.Process.Kill();
            }
            else
            {
                await _stage.SendRestAsync();
            }
        }

        await WaitForSenderAsync();
        var noticed = TimeProvider.System.GetElapsedTime(_stage.FaultAt);
        if (_cell.Fault == Fault.ReceiverStalled)
        {
            _stage.Receiver.Thaw();
        }

        await _stage.Receiver.Process.WaitAsync(TimeSpan.FromSeconds(60));
        if (_cell.Fault is not (Fault.ReceiverKilled or Fault.ReceiverReset or Fault.ReceiverKilledAfterBuffering or Fault.ReceiverStalled))
        {
            noticed = TimeProvider.System.GetElapsedTime(_stage.FaultAt);
        }

        await _stage.Stopping;
        await _stage.CheckWhatIsLeftAsync();
        return Judge(noticed);
    }

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    /// <summary>
    /// Waits for the sending curl; over HTTP/2 some versions sit forever on an answer that came before the upload's end.
    /// </summary>
    private async Task WaitForSenderAsync()
    {
        try
        {
            await _stage.Sender.Process.WaitAsync(
                _cell.Sender == Wire.Http2 ? _host.StallTimeout + SenderPatience : TimeSpan.FromSeconds(120));
        }
        catch (TimeoutException) when (_cell.Sender == Wire.Http2)
        {
            _stage.Sender.Process.Kill();
            await _stage.Sender.Process.WaitAsync();
        }
    }

    private CellResult Judge(TimeSpan noticed)
    {
        var received = _stage.Receiver.Received;
        var result = new CellResult(
            _cell,
            _stage.Sender.Process.ExitCode,
            _stage.Sender.Status,
            _stage.Sender.Text,
            _stage.Receiver.Process.ExitCode,
            _stage.Receiver.Status,
            received.Length,
            _stage.Bytes.Length,
            noticed,
            _stage.Problems);
        if (!received.AsSpan().SequenceEqual(_stage.Bytes.AsSpan(0, Math.Min(received.Length, _stage.Bytes.Length))))
        {
            _stage.Problems.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"The received bytes differ from byte {received.AsSpan().CommonPrefixLength(_stage.Bytes)} on."));
        }

        _stage.Problems.AddRange(CellPlan.Expect(_cell, _host).Judge(result));
        return result;
    }
}
