namespace Beam.Client;

/// <summary>Reports how far an operation is: every change of the stage, and bytes a few times a second.</summary>
internal sealed class ProgressMeter(IProgress<BeamProgress>? progress, TimeProvider timeProvider)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    // The weight of the newest interval in the rate: about the last second counts.
    private const double Newest = 0.2;

    private readonly Lock _lock = new();
    private BeamStage? _stage;
    private long _bytes;
    private long? _total;
    private double _rate;
    private long _measuredAt = timeProvider.GetTimestamp();
    private long _measuredBytes;

    /// <summary>Notes the length of the file, as soon as it is known.</summary>
    public void SetTotal(long? total) => _total = total ?? _total;

    /// <summary>Notes what the operation is doing.</summary>
    public void Enter(BeamStage stage)
    {
        if (progress is null)
        {
            return;
        }

        lock (_lock)
        {
            if (stage == _stage)
            {
                return;
            }

            _stage = stage;
            Measure_NeedsLock();
        }

        progress.Report(new BeamProgress(stage, _bytes, _total, _rate));
    }

    /// <summary>Notes up to which byte the file has moved.</summary>
    public void MoveTo(long bytes)
    {
        if (progress is null)
        {
            return;
        }

        lock (_lock)
        {
            _bytes = bytes;
            if (_stage == BeamStage.Transferring && timeProvider.GetElapsedTime(_measuredAt) < Interval)
            {
                return;
            }

            _stage = BeamStage.Transferring;
            Measure_NeedsLock();
        }

        progress.Report(new BeamProgress(BeamStage.Transferring, bytes, _total, _rate));
    }

    private void Measure_NeedsLock()
    {
        var now = timeProvider.GetTimestamp();
        var elapsed = timeProvider.GetElapsedTime(_measuredAt, now);
        if (elapsed < Interval)
        {
            return;
        }

        // After a restart the count falls back. That must not show as a negative speed.
        var rate = Math.Max(0, _bytes - _measuredBytes) / elapsed.TotalSeconds;
        _rate = _rate == 0 ? rate : (_rate * (1 - Newest)) + (rate * Newest);
        _measuredAt = now;
        _measuredBytes = _bytes;
    }
}
