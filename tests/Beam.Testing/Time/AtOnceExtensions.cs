namespace Beam.Testing;

/// <summary>Takes the result of what is promised to be done already.</summary>
public static class AtOnceExtensions
{
    /// <summary>Takes the result.</summary>
    /// <exception cref="InvalidOperationException">It is not there yet.</exception>
    public static T AtOnce<T>(this ValueTask<T> task)
        => task.IsCompleted ? task.Result : throw new InvalidOperationException("It was to be done at once.");

    /// <summary>Takes note that it is done.</summary>
    /// <exception cref="InvalidOperationException">It is not done yet.</exception>
    public static void AtOnce(this ValueTask task)
    {
        if (!task.IsCompleted)
        {
            throw new InvalidOperationException("It was to be done at once.");
        }

        task.GetAwaiter().GetResult();
    }
}
