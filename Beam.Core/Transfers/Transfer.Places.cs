namespace Beam.Transfers;

internal sealed partial class Transfer
{
    private TaskCompletionSource? _placeChange;

    /// <summary>Lets somebody who came for a place that is taken wait for it.</summary>
    public TakenPlace NotePlaceTaken_NeedsLock()
    {
        _placeChange ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return new TakenPlace(this, _placeChange.Task);
    }

    private void TellPlaceChanged_NeedsLock()
    {
        _placeChange?.SetResult();
        _placeChange = null;
    }
}
